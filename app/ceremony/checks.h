#pragma once

#include "app/ceremony/check_after_import.h"
#include "app/ceremony/kms_access.h"
#include "core/finding.h"
#include "wrapping/on_token_wrap.h"

#include <optional>
#include <string>
#include <vector>

/// The checks after import, shared by the import job and `keyconvoy check`.
namespace keyconvoy::app {

/// What wrapping and importing the same material once more takes (symmetric keys).
struct SecondImport {
    wrapping::WrapPlan plan;
    std::string keyMaterialId;
    std::optional<TimePoint> validTo;  ///< repeated as it is; absent for never
};

struct CheckInput {
    pkcs11::Token& token;
    pkcs11::KeyReference key;
    KmsAccess& kms;
    const RunContext& context;
    std::string keyArn;
    wrapping::KeySpec keySpec = wrapping::KeySpec::SymmetricDefault;
    wrapping::KeyUsage usage = wrapping::KeyUsage::EncryptDecrypt;
    std::optional<SecondImport> secondImport;
};

/// Which result a wish can lead to for this key spec.
[[nodiscard]] CheckResult checkFor(wrapping::KeySpec keySpec, CheckWish wish);
/// Throws Refused when the wrapping key is named and the check would have to wrap under a second, fresh one.
void checkThatWishesFit(wrapping::KeySpec keySpec, const WrappingWish& wrapping, CheckWish wish);
/// Throws Refused when this token key lacks what the check needs; for before anything is imported.
void checkThatKeyCanBeChecked(const pkcs11::KeyDescription& key, wrapping::KeySpec keySpec, CheckWish wish);

/// Throws Integrity when KMS does not hold the same key.
[[nodiscard]] CheckOutcome runCheck(const CheckInput& input, CheckWish wish);
/// {"result", "shows": [...], "doesNotShow"}
[[nodiscard]] Json toJson(const CheckOutcome& outcome);
[[nodiscard]] Details forScreen(const CheckOutcome& outcome);

[[nodiscard]] CheckOutcome checkEqualPublicKey(const CheckInput& input);
[[nodiscard]] CheckOutcome checkEqualMac(const CheckInput& input);
[[nodiscard]] CheckOutcome checkSameMaterialTwice(const CheckInput& input);
[[nodiscard]] CheckOutcome checkWorks(const CheckInput& input);

/// How signatures and MACs of a key spec are called on both sides.
struct SigningNames {
    const char* kmsAlgorithm;
    pkcs11::SignatureScheme scheme;
};
[[nodiscard]] SigningNames signingNames(wrapping::KeySpec keySpec);
struct MacNames {
    const char* kmsAlgorithm;
    pkcs11::HmacHash hash;
};
[[nodiscard]] MacNames macNames(wrapping::KeySpec keySpec);

/// Throws Integrity: KMS does not hold the token's key.
[[noreturn]] void throwNotTheSame(const CheckInput& input, Text cause);

}  // namespace keyconvoy::app
