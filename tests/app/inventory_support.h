#pragma once

#include "app/ceremony/job.h"
#include "app/station/station.h"
#include "tests/support/token_fixture.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Runs jobs to their end as a person would: answers what is asked and keeps what was asked and seen.
namespace keyconvoy::tests {

struct Operator {
    std::string pin{userPin};
    std::string officer{officerPin};
    std::string sayNoTo;  ///< the ID of the question that is answered with no

    std::vector<app::Question> asked;
    std::vector<app::StepEvent> seen;
    std::vector<std::string> progress;

    [[nodiscard]] app::RunContext context();
    /// Runs to the end and gives the result; throws what the job throws.
    Json run(app::Job& job);
    Json run(const std::unique_ptr<app::Job>& job);

    [[nodiscard]] bool wasAsked(const std::string& id) const;
    /// All that a question showed: text, names and values.
    [[nodiscard]] std::string textOf(const std::string& id) const;
};

/// The failure that `action` ends with; fails the test when it ends well.
[[nodiscard]] Failure failureOf(const std::function<void()>& action);

[[nodiscard]] app::TokenStation stationOf(const TestToken& token);

/// The levels and texts of a result's findings, one a line.
[[nodiscard]] std::string findingsOf(const Json& result);

}  // namespace keyconvoy::tests
