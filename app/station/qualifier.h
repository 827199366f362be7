#pragma once

#include "app/ceremony/job.h"
#include "app/station/qualification_store.h"
#include "core/finding.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace keyconvoy::app {

enum class KeptResults : std::uint8_t { Reuse, RunAgain };

/// Whether a token can do a combination: from a kept result where that still holds, else from a run with throw-away keys. Every
/// job that wraps asks here.
class Qualifier {
public:
    /// `folder` as for QualificationStore.
    explicit Qualifier(const std::optional<std::filesystem::path>& folder, KeptResults keptResults = KeptResults::Reuse);

    /// A result that still holds; needs no login.
    [[nodiscard]] std::optional<wrapping::qualification::Result> kept(
        const pkcs11::Token& token, const wrapping::qualification::Combination& combination) const;
    /// What the results on record say of the other algorithms that KMS takes for this key spec; nothing is tried for it.
    struct OtherAlgorithms {
        std::vector<wrapping::WrappingAlgorithm> shown;    ///< the token can do it
        std::vector<wrapping::WrappingAlgorithm> unknown;  ///< no result that still holds
    };
    [[nodiscard]] OtherAlgorithms othersOnRecord(const pkcs11::Token& token,
                                                 const wrapping::qualification::Combination& combination) const;

    /// A run, reported as progress, and its result kept. That it could not be kept is a finding, no failure.
    [[nodiscard]] wrapping::qualification::Result run(pkcs11::Token& token,
                                                      const wrapping::qualification::Combination& combination,
                                                      const RunContext& context);
    [[nodiscard]] const Findings& findings() const noexcept { return m_findings; }
    /// Every throw-away key that the runs made, also one that failed midway.
    [[nodiscard]] const std::vector<wrapping::qualification::ThrowAwayRecord>& throwAwayKeys() const noexcept {
        return m_throwAwayKeys;
    }

private:
    QualificationStore m_store;
    KeptResults m_keptResults;
    Findings m_findings;
    std::vector<wrapping::qualification::ThrowAwayRecord> m_throwAwayKeys;
};

/// What to do when the token cannot do a combination: an algorithm that it was shown to do, one that could be tried, or another
/// token.
[[nodiscard]] Text adviceAfterRefusal(const wrapping::qualification::Combination& combination,
                                      const Qualifier::OtherAlgorithms& others);

/// "qualification.throw-away-keys": which keys a run would generate on the token and destroy again; asked before it.
[[nodiscard]] Question throwAwayQuestion(const pkcs11::TokenDescription& token,
                                         const std::vector<wrapping::qualification::Combination>& combinations);

/// "SYMMETRIC_DEFAULT by RSAES_OAEP_SHA_256 under RSA_4096"
[[nodiscard]] Text inWords(const wrapping::qualification::Combination& combination);

/// A result for a person: what was found, why, how it would be wrapped, when, and with which throw-away keys.
[[nodiscard]] Details qualificationDetails(const wrapping::qualification::Result& result);

/// For the account of a job that fails: whoever reads the HSM's audit log finds these keys there.
[[nodiscard]] std::vector<FailureDetail> toFailureDetails(
    const std::vector<wrapping::qualification::ThrowAwayRecord>& throwAwayKeys);
/// Each way that was tried and why it will not do.
[[nodiscard]] std::vector<FailureDetail> toFailureDetails(const wrapping::qualification::Result& refused);

/// Type, label, ID and times, for whoever reads the HSM's audit log.
[[nodiscard]] Json toJson(const wrapping::qualification::ThrowAwayRecord& key);

/// One row of a matrix: the combination, `qualified`, `reason`, `recipe`, `attempts`, `throwAwayKeys` with their IDs and times,
/// `date`, and whether it is a kept result (`reused`).
[[nodiscard]] Json qualificationRow(const wrapping::qualification::Result& result, bool reused);

}  // namespace keyconvoy::app
