#pragma once

#include "app/ceremony/job.h"
#include "app/ceremony/wrapping_wish.h"
#include "app/station/station.h"
#include "core/finding.h"
#include "core/name_table.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::app {

enum class CheckWish : std::uint8_t {
    Strongest,  ///< equal-public-key, equal-mac or same-material-twice, as the key spec allows
    WorksOnly,  ///< encrypt and decrypt once
};
inline constexpr NameTable<CheckWish, 2> checkWishNames{{
    {CheckWish::Strongest, "strongest"},
    {CheckWish::WorksOnly, "works"},
}};
static_assert(hasNoRepeats(checkWishNames));

/// How far the import is known to be the same key; never a bare "proven".
enum class CheckResult : std::uint8_t { EqualPublicKey, EqualMac, SameMaterialTwice, Works };
[[nodiscard]] std::string_view toString(CheckResult result);  ///< "equal-public-key" and so on
/// "the same token key was accepted twice under one material ID": what the result rests on, for a person.
[[nodiscard]] Text inWords(CheckResult result);
/// What this result does not show, for a person.
[[nodiscard]] Text whatItDoesNotShow(CheckResult result);

struct CheckOutcome {
    CheckResult result = CheckResult::Works;
    std::vector<Text> shown;  ///< one sentence per comparison that held
    Findings findings;
};

/// `keyconvoy check`: the check after import, again. For symmetric keys it needs the wrapping to be named and imports a second
/// time with the same expiry.
struct CheckRequest {
    TokenStation token;
    KmsStation kms;
    pkcs11::KeySelector key;
    std::string kmsKeyId;
    CheckWish check = CheckWish::Strongest;
    WrappingWish wrapping;                                     ///< for symmetric keys: how to wrap the second time
    std::optional<std::filesystem::path> qualificationFolder;  ///< as in ImportRequest
};

class CheckJob : public Job {
public:
    [[nodiscard]] virtual const CheckOutcome& outcome() const = 0;  ///< valid after the end

protected:
    using Job::Job;
};
[[nodiscard]] std::unique_ptr<CheckJob> makeCheckJob(CheckRequest request, RunContext context);

}  // namespace keyconvoy::app
