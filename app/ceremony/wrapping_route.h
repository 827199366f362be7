#pragma once

#include "app/ceremony/job.h"
#include "app/ceremony/wrapping_wish.h"
#include "app/station/qualifier.h"
#include "wrapping/on_token_wrap.h"
#include "wrapping/qualification/qualification.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace keyconvoy::app {

/// What may be tried for this key spec, best first: SHA-256 before SHA-1, the key itself by RSAES_OAEP before RSA_AES_KEY_WRAP.
/// SHA-1 is among them only by name or with permission.
[[nodiscard]] std::vector<wrapping::WrappingChoice> wrappingCandidates(wrapping::KeySpec keySpec, const WrappingWish& wish);

/// Throws Refused, naming the rule, for what KMS does not accept and for SHA-1 without a reason; InvalidInput for an empty
/// reason.
void checkWrappingWish(wrapping::KeySpec keySpec, const WrappingWish& wish);

/// How this token is to wrap this key: found by qualification, kept or fresh, never assumed. Its step refers to it, so it stays
/// where it is.
class WrappingRoute {
public:
    struct Parts {
        std::function<pkcs11::Token&()> token;
        /// True for a key that may be wrapped under trusted keys only: the session AES key of the two-step wrap is not trusted.
        std::function<bool()> bareOaepOnly = [] { return false; };
        std::optional<std::filesystem::path> qualificationFolder;
    };
    /// `context` is the job's and outlives this.
    WrappingRoute(wrapping::KeySpec keySpec, WrappingWish wish, Parts parts, const RunContext& context);
    WrappingRoute(const WrappingRoute&) = delete;
    WrappingRoute& operator=(const WrappingRoute&) = delete;
    ~WrappingRoute() = default;

    /// "token.qualification": asks "qualification.throw-away-keys" when a run is needed, naming the keys. Throws Refused when
    /// nothing that was allowed qualifies, saying which tokens or algorithms would do.
    [[nodiscard]] Step qualificationStep();

    [[nodiscard]] const wrapping::WrapPlan& plan() const { return m_plan; }  ///< after the step
    [[nodiscard]] const WrappingWish& wish() const { return m_wish; }
    [[nodiscard]] const Findings& findings() const { return m_findings; }
    /// The throw-away keys made so far, for the account of a job that fails.
    [[nodiscard]] std::vector<FailureDetail> throwAwayKeys() const;
    [[nodiscard]] Details forReview() const;
    /// {"algorithm", "keySpec", "recipe", "sha1Reason"}
    [[nodiscard]] Json toJson() const;
    /// {"date", "reused", "explanation"} of the result that the choice rests on, and all that was "tried", with IDs and times of
    /// the throw-away keys.
    [[nodiscard]] Json qualificationJson() const;

private:
    using Result = wrapping::qualification::Result;
    using Combination = wrapping::qualification::Combination;

    struct Candidate {
        Combination combination;
        std::optional<Result> result;
        bool reused = false;
    };

    [[nodiscard]] std::optional<Question> run(const Answer* answer, Details& details);
    void lookUpKeptResults();
    [[nodiscard]] std::vector<Combination> stillToBeTried() const;
    void qualifyInTurn();
    void choose(const Result& result, bool reused);
    [[noreturn]] void throwNothingQualifies() const;
    [[nodiscard]] Text wayOut() const;

    wrapping::KeySpec m_keySpec;
    WrappingWish m_wish;
    Parts m_parts;
    const RunContext& m_context;
    std::optional<Qualifier> m_qualifier;
    std::vector<Candidate> m_candidates;
    wrapping::WrapPlan m_plan;
    std::optional<Result> m_result;
    bool m_reused = false;
    Findings m_findings;
};

}  // namespace keyconvoy::app
