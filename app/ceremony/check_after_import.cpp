#include "app/ceremony/check_after_import.h"

#include "app/ceremony/checks.h"
#include "core/name_table.h"
#include "core/text.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {

using wrapping::KeySpec;
using wrapping::MaterialKind;

namespace {

constexpr NameTable<CheckResult, 4> checkResultNames{{
    {CheckResult::EqualPublicKey, "equal-public-key"},
    {CheckResult::EqualMac, "equal-mac"},
    {CheckResult::SameMaterialTwice, "same-material-twice"},
    {CheckResult::Works, "works"},
}};
static_assert(hasNoRepeats(checkResultNames));

}  // namespace

std::string_view toString(CheckResult result) {
    return nameOf(checkResultNames, result);
}

Text inWords(CheckResult result) {
    switch (result) {
        case CheckResult::EqualPublicKey: return KC_TEXT("CheckAfterImport", "token and KMS have the same public key");
        case CheckResult::EqualMac: return KC_TEXT("CheckAfterImport", "token and KMS make the same MAC");
        case CheckResult::SameMaterialTwice:
            return KC_TEXT("CheckAfterImport", "the same token key is taken twice under one key material ID");
        case CheckResult::Works: return KC_TEXT("CheckAfterImport", "the KMS key can be used; no more than that");
    }
    return {};
}

Text whatItDoesNotShow(CheckResult result) {
    switch (result) {
        case CheckResult::EqualPublicKey:
            return KC_TEXT(
                "CheckAfterImport",
                "it does not show where the key pair came into being, nor that no other copy of the private key exists");
        case CheckResult::EqualMac:
            return KC_TEXT("CheckAfterImport",
                           "it does not show where the key came into being, nor that no other copy of it exists");
        case CheckResult::SameMaterialTwice:
            return KC_TEXT(
                "CheckAfterImport",
                "it does not compare the KMS key with the token's directly, which KMS allows for no symmetric key: equality "
                "rests "
                "on this program having sent the token's own blobs, both times; nor does it show that no other copy exists");
        case CheckResult::Works:
            return KC_TEXT("CheckAfterImport",
                           "it does not show that the KMS key is the token's key; only that the KMS key can be used");
    }
    return {};
}

CheckResult checkFor(KeySpec keySpec, CheckWish wish) {
    if (wish == CheckWish::WorksOnly) {
        return CheckResult::Works;
    }
    switch (materialKind(keySpec)) {
        case MaterialKind::Symmetric: return CheckResult::SameMaterialTwice;
        case MaterialKind::Hmac: return CheckResult::EqualMac;
        case MaterialKind::Rsa:
        case MaterialKind::Ecc:
        case MaterialKind::Ed25519: return CheckResult::EqualPublicKey;
    }
    return CheckResult::Works;
}

void checkThatWishesFit(KeySpec keySpec, const WrappingWish& wrapping, CheckWish wish) {
    const bool named = wrapping.pinnedWrappingKey || wrapping.wrappingKeyOnToken;
    if (named && checkFor(keySpec, wish) == CheckResult::SameMaterialTwice) {
        throw Error{
            ErrorKind::Refused, KC_TEXT("CheckAfterImport", "check after import"),
            KC_TEXT("CheckAfterImport",
                    "same-material-twice wraps under a second, fresh wrapping key, which naming the wrapping key rules out"),
            KC_TEXT("CheckAfterImport", "choose %1, or do not name the wrapping key").with(typedAs("--check works"))};
    }
}

void checkThatKeyCanBeChecked(const pkcs11::KeyDescription& key, KeySpec keySpec, CheckWish wish) {
    if (checkFor(keySpec, wish) == CheckResult::EqualMac && key.sign == false) {
        throw Error{ErrorKind::Refused, KC_TEXT("CheckAfterImport", "token key \"%1\" (%2)").with(key.label).with(key.typeName),
                    KC_TEXT("CheckAfterImport",
                            "it may not make a MAC (CKA_SIGN is false), so the MACs of token and KMS cannot be compared"),
                    KC_TEXT("CheckAfterImport", "choose %1, which shows less, or another key").with(typedAs("--check works"))};
    }
}

CheckOutcome runCheck(const CheckInput& input, CheckWish wish) {
    switch (checkFor(input.keySpec, wish)) {
        case CheckResult::EqualPublicKey: return checkEqualPublicKey(input);
        case CheckResult::EqualMac: return checkEqualMac(input);
        case CheckResult::SameMaterialTwice: return checkSameMaterialTwice(input);
        case CheckResult::Works: return checkWorks(input);
    }
    return {};
}

Json toJson(const CheckOutcome& outcome) {
    Json shows = Json::array();
    for (const Text& sentence : outcome.shown) {
        shows.push_back(toEnglish(sentence));
    }
    return {{"result", toString(outcome.result)},
            {"shows", std::move(shows)},
            {"doesNotShow", toEnglish(whatItDoesNotShow(outcome.result))}};
}

Details forScreen(const CheckOutcome& outcome) {
    Details details{{KC_TEXT("CheckAfterImport", "check after import"), std::string{toString(outcome.result)}}};
    for (const Text& sentence : outcome.shown) {
        details.push_back({KC_TEXT("CheckAfterImport", "shown"), sentence});
    }
    details.push_back({KC_TEXT("CheckAfterImport", "not shown"), whatItDoesNotShow(outcome.result)});
    return details;
}

SigningNames signingNames(KeySpec keySpec) {
    using enum pkcs11::SignatureScheme;
    switch (keySpec) {
        case KeySpec::EccNistP256:
        case KeySpec::EccSecgP256k1: return {"ECDSA_SHA_256", EcdsaSha256};
        case KeySpec::EccNistP384: return {"ECDSA_SHA_384", EcdsaSha384};
        case KeySpec::EccNistP521: return {"ECDSA_SHA_512", EcdsaSha512};
        case KeySpec::EccNistEdwards25519: return {"ED25519_SHA_512", Ed25519};
        default: return {"RSASSA_PSS_SHA_256", RsaPssSha256};  // the RSA specs; nothing else signs
    }
}

MacNames macNames(KeySpec keySpec) {
    switch (keySpec) {
        case KeySpec::Hmac224: return {"HMAC_SHA_224", pkcs11::HmacHash::Sha224};
        case KeySpec::Hmac384: return {"HMAC_SHA_384", pkcs11::HmacHash::Sha384};
        case KeySpec::Hmac512: return {"HMAC_SHA_512", pkcs11::HmacHash::Sha512};
        default: return {"HMAC_SHA_256", pkcs11::HmacHash::Sha256};  // HMAC_256; nothing else makes MACs
    }
}

void throwNotTheSame(const CheckInput& input, Text cause) {
    throw Error{ErrorKind::Integrity, KC_TEXT("CheckAfterImport", "check of %1 against the token key").with(input.keyArn),
                std::move(cause),
                KC_TEXT("CheckAfterImport",
                        "do not use this KMS key for now, and delete nothing: look first whether token key and KMS key are the "
                        "two that belong together (%1, aws kms describe-key), then find out what was imported")
                    .with(typedAs("keyconvoy key list"))};
}

}  // namespace keyconvoy::app
