#include "app/ceremony/checks.h"
#include "app/ceremony/public_key.h"

namespace keyconvoy::app {

using wrapping::KeyUsage;
using wrapping::MaterialKind;

namespace {

constexpr std::size_t plaintextBytes = 32;

[[noreturn]] void throwDoesNotWork(const CheckInput& input) {
    throw Error{ErrorKind::Integrity, KC_TEXT("CheckAfterImport", "key %1").with(input.keyArn),
                KC_TEXT("CheckAfterImport", "KMS's own operations with it do not fit together"),
                KC_TEXT("CheckAfterImport", "do not use this KMS key; ask AWS support, with the request IDs of CloudTrail")};
}

bool roundTripWorks(const CheckInput& input, const Bytes& message) {
    kms::KmsClient& kms = input.kms.client();
    switch (input.usage) {
        case KeyUsage::EncryptDecrypt: {
            const char* algorithm =
                materialKind(input.keySpec) == MaterialKind::Symmetric ? "SYMMETRIC_DEFAULT" : "RSAES_OAEP_SHA_256";
            return kms.decrypt(input.keyArn, algorithm, kms.encrypt(input.keyArn, algorithm, message).blob).plaintext == message;
        }
        case KeyUsage::SignVerify: {
            const char* algorithm = signingNames(input.keySpec).kmsAlgorithm;
            return kms.verify(input.keyArn, algorithm, message, kms.sign(input.keyArn, algorithm, message).blob);
        }
        case KeyUsage::GenerateVerifyMac: {
            const char* algorithm = macNames(input.keySpec).kmsAlgorithm;
            return kms.verifyMac(input.keyArn, algorithm, message, kms.generateMac(input.keyArn, algorithm, message).blob);
        }
        case KeyUsage::KeyAgreement: {
            const PublicKey publicKey{kms.getPublicKey(input.keyArn).publicKey};
            const EphemeralEcKey own{publicKey};
            return kms.deriveSharedSecret(input.keyArn, own.publicKeyDer()).blob == own.sharedSecretWith(publicKey);
        }
    }
    return false;
}

}  // namespace

CheckOutcome checkWorks(const CheckInput& input) {
    if (!roundTripWorks(input, randomBytes(plaintextBytes))) {
        throwDoesNotWork(input);
    }
    return {.result = CheckResult::Works,
            .shown = {KC_TEXT("CheckAfterImport", "the KMS key was used once in both directions (%1)")
                          .with(nameOf(wrapping::keyUsageNames, input.usage))},
            .findings = {}};
}

}  // namespace keyconvoy::app
