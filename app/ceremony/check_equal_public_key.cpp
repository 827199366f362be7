#include "app/ceremony/checks.h"
#include "app/ceremony/public_key.h"
#include "app/inventory/verify_signature.h"

namespace keyconvoy::app {

using wrapping::KeyUsage;

namespace {

constexpr std::size_t messageBytes = 64;
constexpr const char* oaepSha256 = "RSAES_OAEP_SHA_256";

/// The token signs and KMS verifies; where the token key may not sign, that half is left out and said.
void compareTokenSignature(const CheckInput& input, CheckOutcome& outcome) {
    const auto [algorithm, scheme] = signingNames(input.keySpec);
    if (input.token.describe(input.key).sign == false) {
        outcome.findings.push_back(
            {.level = FindingLevel::Note,
             .what = KC_TEXT("CheckAfterImport",
                             "the token key may not sign (CKA_SIGN is false), so no signature of the token was tried"),
             .remedy = {}});
        return;
    }
    const Bytes message = randomBytes(messageBytes);
    const Bytes signature = input.token.sign(input.key, scheme, message);
    if (!input.kms.client().verify(input.keyArn, algorithm, message, signature)) {
        throwNotTheSame(input, KC_TEXT("CheckAfterImport", "KMS does not accept a signature that the token made"));
    }
    outcome.shown.push_back(KC_TEXT("CheckAfterImport", "KMS accepts a signature that the token made (%1)").with(algorithm));
}

void compareKmsSignature(const CheckInput& input, ByteView publicKeyDer, CheckOutcome& outcome) {
    const auto [algorithm, scheme] = signingNames(input.keySpec);
    const Bytes message = randomBytes(messageBytes);
    const Bytes signature = input.kms.client().sign(input.keyArn, algorithm, message).blob;
    if (!verifySignature(publicKeyDer, scheme, message, signature)) {
        throwNotTheSame(input,
                        KC_TEXT("CheckAfterImport", "a signature that KMS made does not verify with the token's public key"));
    }
    outcome.shown.push_back(
        KC_TEXT("CheckAfterImport", "a signature that KMS made verifies with the token's public key (%1)").with(algorithm));
}

void compareDecryption(const CheckInput& input, const PublicKey& publicKey, CheckOutcome& outcome) {
    const Bytes plaintext = randomBytes(messageBytes);
    const Bytes ciphertext = publicKey.encryptOaepSha256(plaintext);
    if (input.kms.client().decrypt(input.keyArn, oaepSha256, ciphertext).plaintext != plaintext) {
        throwNotTheSame(
            input, KC_TEXT("CheckAfterImport", "KMS decrypts what was encrypted to the token's public key to something else"));
    }
    outcome.shown.push_back(
        KC_TEXT("CheckAfterImport", "KMS decrypts what was encrypted here to the token's public key (%1)").with(oaepSha256));
}

void compareAgreement(const CheckInput& input, const PublicKey& publicKey, CheckOutcome& outcome) {
    const EphemeralEcKey own{publicKey};
    if (input.kms.client().deriveSharedSecret(input.keyArn, own.publicKeyDer()).blob != own.sharedSecretWith(publicKey)) {
        throwNotTheSame(input,
                        KC_TEXT("CheckAfterImport", "KMS derives another shared secret than the token's public key gives here"));
    }
    outcome.shown.push_back(KC_TEXT(
        "CheckAfterImport", "KMS derives the same shared secret with a fresh key as the token's public key gives here (ECDH)"));
}

}  // namespace

CheckOutcome checkEqualPublicKey(const CheckInput& input) {
    CheckOutcome outcome{.result = CheckResult::EqualPublicKey, .shown = {}, .findings = {}};
    const Bytes fromToken = input.token.publicKey(input.key);
    if (input.kms.client().getPublicKey(input.keyArn).publicKey != fromToken) {
        throwNotTheSame(input, KC_TEXT("CheckAfterImport", "KMS's public key differs from the token's"));
    }
    outcome.shown.push_back(KC_TEXT("CheckAfterImport", "KMS's public key equals the token's"));
    input.context.checkNotStopped();

    const PublicKey publicKey{fromToken};
    switch (input.usage) {
        case KeyUsage::SignVerify:
            compareTokenSignature(input, outcome);
            input.context.checkNotStopped();
            compareKmsSignature(input, fromToken, outcome);
            break;
        case KeyUsage::EncryptDecrypt: compareDecryption(input, publicKey, outcome); break;
        case KeyUsage::KeyAgreement: compareAgreement(input, publicKey, outcome); break;
        case KeyUsage::GenerateVerifyMac: break;  // no key pair has this usage
    }
    return outcome;
}

}  // namespace keyconvoy::app
