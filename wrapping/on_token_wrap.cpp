#include "wrapping/on_token_wrap.h"

#include "pkcs11/in_words.h"
#include "wrapping/envelope_layout.h"

#include <algorithm>

namespace keyconvoy::wrapping {

namespace {

[[noreturn]] void throwRefused(const WrapPlan& plan, Text cause, Text remedy) {
    throw Error{ErrorKind::Refused,
                KC_TEXT("OnTokenWrap", "wrapping for the key spec %1 by %2 under %3")
                    .with(nameOf(keySpecNames, plan.keySpec))
                    .with(nameOf(wrappingAlgorithmNames, plan.choice.algorithm))
                    .with(nameOf(wrappingKeySpecNames, plan.choice.keySpec)),
                std::move(cause), std::move(remedy)};
}

bool recipeFits(const pkcs11::WrapRecipe& recipe, WrappingAlgorithm algorithm) {
    const bool oaep = recipe.method == pkcs11::WrapMethod::Oaep;
    return recipe.hash == hashOf(algorithm) && oaep == (familyOf(algorithm) == WrappingFamily::RsaesOaep);
}

/// Everything that can be known without the token.
void checkPlan(const WrapPlan& plan, const WrappingPublicKey& wrappingKey) {
    if (auto rule = whyRefused(plan.keySpec, plan.choice)) {
        throwRefused(plan, std::move(*rule),
                     KC_TEXT("OnTokenWrap", "ask GetParametersForImport for another wrapping algorithm or wrapping key spec"));
    }
    if (wrappingKey.spec() != plan.choice.keySpec) {
        throwRefused(
            plan, KC_TEXT("OnTokenWrap", "the wrapping public key is %1").with(nameOf(wrappingKeySpecNames, wrappingKey.spec())),
            KC_TEXT("OnTokenWrap",
                    "use the public key of the GetParametersForImport call that asked for this wrapping key spec"));
    }
    if (!recipeFits(plan.recipe, plan.choice.algorithm)) {
        throwRefused(plan, KC_TEXT("OnTokenWrap", "the recipe is for another algorithm: %1").with(pkcs11::inWords(plan.recipe)),
                     KC_TEXT("OnTokenWrap", "qualify this token for exactly this key spec and algorithm"));
    }
}

void checkKey(const pkcs11::KeyDescription& key, const WrapPlan& plan) {
    if (!key.type || !takes(plan.keySpec, *key.type)) {
        throwRefused(plan, KC_TEXT("OnTokenWrap", "the token key \"%1\" is %2").with(key.label).with(key.typeName),
                     KC_TEXT("OnTokenWrap", "name the key spec that this token key fits, or another key"));
    }
    if (key.extractable == false) {
        throwRefused(plan,
                     KC_TEXT("OnTokenWrap", "the token key \"%1\" is not extractable (CKA_EXTRACTABLE is false)").with(key.label),
                     KC_TEXT("OnTokenWrap",
                             "such a key can never be wrapped, and the attribute can never be set back; generate a new key"));
    }
}

[[noreturn]] void throwWrongBlob(Text cause) {
    throw Error{ErrorKind::Integrity, KC_TEXT("OnTokenWrap", "the wrapped key as the token gave it"), std::move(cause),
                KC_TEXT("OnTokenWrap", "do not import it; run the qualification of this token again")};
}

/// RFC 8017, 5.1.1: the ciphertext representative is below the modulus. With C1 and C2 swapped it often is not.
void checkRsaPart(const pkcs11::WrappedKey& wrapped, const WrapPlan& plan) {
    const auto parts = splitEnvelope(wrapped.blob, plan.choice);
    if (!parts || !std::ranges::lexicographical_compare(parts->rsaPart, wrapped.usedKey.modulus)) {
        throwWrongBlob(KC_TEXT("OnTokenWrap", "its first %1 bytes are no RSA ciphertext: they are not below the modulus")
                           .with(modulusBytes(plan.choice.keySpec)));
    }
}

/// The exact length where the token says how long the key is; the range of its key spec otherwise.
void checkLength(const pkcs11::WrappedKey& wrapped, const WrapPlan& plan, const pkcs11::KeyDescription& key) {
    checkBlobLength(wrapped.blob, plan.keySpec, plan.choice);
    const auto plaintext = exactPlaintextBytes(*key.type);
    if (plaintext && wrapped.blob.size() != blobBytes(plan.choice, *plaintext)) {
        throwWrongBlob(KC_TEXT("OnTokenWrap", "it has %1 bytes where a key of %2 bytes takes %3")
                           .with(wrapped.blob.size())
                           .with(*plaintext)
                           .with(blobBytes(plan.choice, *plaintext)));
    }
}

void addStrengths(EncryptedKeyMaterial& material) {
    const WrapPlan& plan = material.plan;
    material.wrapStrengthBits = strengthBits(plan.choice.keySpec);
    material.keyStrengthBits = strengthBits(plan.keySpec);
    if (material.wrapStrengthBits >= material.keyStrengthBits) {
        return;
    }
    const bool strongerExists = material.wrapStrengthBits < strengthBits(WrappingKeySpec::Rsa4096);
    material.findings.push_back(
        {.level = strongerExists ? FindingLevel::Warning : FindingLevel::Note,
         .what =
             KC_TEXT("OnTokenWrap",
                     "the wrap is weaker than the key: %1 counts as %2 bits of security, the key spec %3 as %4 (NIST SP 800-57)")
                 .with(nameOf(wrappingKeySpecNames, plan.choice.keySpec))
                 .with(std::to_string(material.wrapStrengthBits))
                 .with(nameOf(keySpecNames, plan.keySpec))
                 .with(std::to_string(material.keyStrengthBits)),
         .remedy = strongerExists
                       ? KC_TEXT("OnTokenWrap", "ask KMS for a wrapping key of the spec RSA_4096, the strongest that it gives")
                       : Text{}});
}

}  // namespace

EncryptedKeyMaterial wrapOnToken(pkcs11::Token& token, pkcs11::KeyReference key, const WrapPlan& plan,
                                 const WrappingPublicKey& wrappingKey,
                                 const std::optional<pkcs11::KeySelector>& wrappingKeyOnToken) {
    checkPlan(plan, wrappingKey);
    token.checkStillThere();
    const pkcs11::KeyDescription description = token.describe(key);
    checkKey(description, plan);

    pkcs11::WrappedKey wrapped = token.wrap(key, {.expected = wrappingKey.rsa(), .onToken = wrappingKeyOnToken}, plan.recipe);
    if (wrapped.usedKey != wrappingKey.rsa()) {
        throwWrongBlob(KC_TEXT("OnTokenWrap", "it was made under another wrapping key than the one given"));
    }
    checkLength(wrapped, plan, description);
    checkRsaPart(wrapped, plan);

    EncryptedKeyMaterial material;
    material.blob = std::move(wrapped.blob);
    material.plan = plan;
    material.wrappingKey = wrappingKey.fingerprint();
    material.findings = std::move(wrapped.findings);
    addStrengths(material);
    return material;
}

WrappingChoice strongestChoice(KeySpec keySpec) {
    const WrappingChoice oaep{WrappingAlgorithm::RsaesOaepSha256, WrappingKeySpec::Rsa4096};
    return accepts(keySpec, oaep) ? oaep : WrappingChoice{WrappingAlgorithm::RsaAesKeyWrapSha256, WrappingKeySpec::Rsa4096};
}

}  // namespace keyconvoy::wrapping
