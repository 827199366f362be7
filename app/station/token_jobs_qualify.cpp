#include "app/ceremony/token_access.h"
#include "app/station/qualifier.h"
#include "app/station/to_json.h"
#include "app/station/token_jobs.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {
namespace {

using wrapping::qualification::Combination;
using wrapping::qualification::Result;

struct Row {
    Combination combination;
    std::optional<Result> result;
    bool reused = false;
    Text advice;  ///< where the token cannot
};

class TryingJob final : public QualifyJob {
public:
    TryingJob(QualifyRequest request, RunContext context)
        : QualifyJob{std::move(context)},
          m_access{std::move(request.token)},
          m_qualifier{request.qualificationFolder, request.again ? KeptResults::RunAgain : KeptResults::Reuse} {
        for (const Combination& combination : request.combinations) {
            m_rows.push_back({combination, std::nullopt, false, {}});
        }
        setSteps(steps());
    }

    [[nodiscard]] Json result() const override {
        Json rows = Json::array();
        Findings findings = m_qualifier.findings();
        for (const Row& row : m_rows) {
            rows.push_back(qualificationRow(row.result.value(), row.reused));
            if (!row.result->chosen) {
                rows.back()["whatToDo"] = toEnglish(row.advice);
                findings.push_back({FindingLevel::Warning, row.result->explanation, row.advice});
            }
        }
        Json result = m_result;
        result["results"] = std::move(rows);
        result["findings"] = toJson(findings);
        return result;
    }

    [[nodiscard]] std::vector<Result> results() const override {
        std::vector<Result> results;
        for (const Row& row : m_rows) {
            results.push_back(row.result.value());
        }
        return results;
    }

    [[nodiscard]] Findings findings() const override { return m_qualifier.findings(); }

    [[nodiscard]] std::vector<FailureDetail> accountOfFailure() const override {
        return toFailureDetails(m_qualifier.throwAwayKeys());
    }

private:
    [[nodiscard]] std::vector<Step> steps() {
        std::vector<Step> list;
        list.push_back(m_access.openStep());
        list.push_back(makeStep("qualification.kept-results", KC_TEXT("QualifyJob", "look for results that still hold"),
                                [this](Details& details) { lookForKeptResults(details); }));
        list.push_back(onlyWhenToBeRun(m_access.logInStep()));
        list.push_back(onlyWhenToBeRun(
            {"qualification.ask", KC_TEXT("QualifyJob", "name the throw-away keys"), [this](const Answer* answer, Details&) {
                 return answer != nullptr ? std::optional<Question>{}
                                          : std::optional{throwAwayQuestion(m_access.token().description(), toBeRun())};
             }}));
        for (Row& row : m_rows) {
            list.push_back(makeStep("qualification.run", KC_TEXT("QualifyJob", "qualify %1").with(inWords(row.combination)),
                                    [this, &row](Details& details) { qualify(row, details); }));
        }
        list.push_back(
            makeStep("token.state", KC_TEXT("QualifyJob", "note the token's state"), [this](Details&) { noteState(); }));
        return list;
    }

    /// Once all rows have their result, since one may be another's way out.
    void noteState() {
        m_result = resultAbout(m_access.token());
        for (Row& row : m_rows) {
            row.advice = adviceAfterRefusal(row.combination, m_qualifier.othersOnRecord(m_access.token(), row.combination));
        }
    }

    [[nodiscard]] Step onlyWhenToBeRun(Step step) const {
        return {std::move(step.id), std::move(step.title),
                [this, run = std::move(step.run)](const Answer* answer, Details& details) {
                    return toBeRun().empty() ? std::optional<Question>{} : run(answer, details);
                }};
    }

    void lookForKeptResults(Details& details) {
        for (Row& row : m_rows) {
            row.result = m_qualifier.kept(m_access.token(), row.combination);
            row.reused = row.result.has_value();
        }
        const auto reused = static_cast<std::uint64_t>(std::ranges::count_if(m_rows, &Row::reused));
        details.push_back(
            {KC_TEXT("QualifyJob", "still holding"), KC_TEXT("QualifyJob", "%1 of %2").with(reused).with(m_rows.size())});
    }

    [[nodiscard]] std::vector<Combination> toBeRun() const {
        std::vector<Combination> combinations;
        for (const Row& row : m_rows) {
            if (!row.reused) {
                combinations.push_back(row.combination);
            }
        }
        return combinations;
    }

    void qualify(Row& row, Details& details) {
        if (!row.result) {
            row.result = m_qualifier.run(m_access.token(), row.combination, context());
        }
        details.push_back({KC_TEXT("QualifyJob", "qualified"), inWords(std::optional{row.result->chosen.has_value()})});
        details.push_back({KC_TEXT("QualifyJob", "reason"), row.result->explanation});
    }

    TokenAccess m_access;
    Qualifier m_qualifier;
    std::vector<Row> m_rows;  // complete before the steps are made, since these refer to its elements
    Json m_result;
};

void checkCombinations(const std::vector<Combination>& combinations) {
    const Text place = KC_TEXT("QualifyJob", "combinations");
    if (combinations.empty()) {
        throw Error{ErrorKind::InvalidInput, place, KC_TEXT("QualifyJob", "none was named"),
                    KC_TEXT("QualifyJob", "name a key spec and a wrapping algorithm to try")};
    }
    for (const Combination& combination : combinations) {
        if (auto rule = wrapping::whyRefused(combination.keySpec, combination.choice)) {
            throw Error{ErrorKind::Refused, KC_TEXT("QualifyJob", "combination %1").with(inWords(combination)), *std::move(rule),
                        KC_TEXT("QualifyJob", "leave it out: KMS takes no such blob, whatever the token can do")};
        }
    }
}

}  // namespace

std::unique_ptr<QualifyJob> makeQualifyJob(QualifyRequest request, RunContext context) {
    checkCombinations(request.combinations);
    return std::make_unique<TryingJob>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
