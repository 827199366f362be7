#include "kmsclient/kms_client_impl.h"

/// KmsClient: the key at work.
namespace keyconvoy::kms {

namespace {

/// Reads a reply with one blob, named `member`.
auto blobNamed(const char* member) {
    return [member](std::string_view body, const Text& place) { return wire::readBlob(body, member, place); };
}

/// What `ask` gives; false when KMS answers with the exception that stands for false.
template <class Ask>
bool falseIfRefusedAs(std::string_view falseCode, Ask ask) {
    try {
        return ask();
    } catch (const KmsError& error) {
        if (error.failure().code == falseCode) {
            return false;
        }
        throw;
    }
}

}  // namespace

PublicKeyReply KmsClient::getPublicKey(const std::string& keyId) {
    return m_impl->readFor(keyId, Operation::GetPublicKey, keyIdBody(keyId), wire::readPublicKey);
}

BlobReply KmsClient::generateMac(const std::string& keyId, const std::string& macAlgorithm, ByteView message) {
    return m_impl->readFor(
        keyId, Operation::GenerateMac,
        wire::writeMembers({.texts = {{"KeyId", keyId}, {"MacAlgorithm", macAlgorithm}}, .blobs = {{"Message", message}}}),
        blobNamed("Mac"));
}

bool KmsClient::verifyMac(const std::string& keyId, const std::string& macAlgorithm, ByteView message, ByteView mac) {
    return falseIfRefusedAs("KMSInvalidMacException", [&] {
        const ServiceReply reply =
            m_impl->callFor(keyId, Operation::VerifyMac,
                            wire::writeMembers({.texts = {{"KeyId", keyId}, {"MacAlgorithm", macAlgorithm}},
                                                .blobs = {{"Message", message}, {"Mac", mac}}}));
        return wire::readValid(reply.body, "MacValid", reply.place);
    });
}

BlobReply KmsClient::sign(const std::string& keyId, const std::string& signingAlgorithm, ByteView message) {
    return m_impl->readFor(
        keyId, Operation::Sign,
        wire::writeMembers({.texts = {{"KeyId", keyId}, {"MessageType", "RAW"}, {"SigningAlgorithm", signingAlgorithm}},
                            .blobs = {{"Message", message}}}),
        blobNamed("Signature"));
}

bool KmsClient::verify(const std::string& keyId, const std::string& signingAlgorithm, ByteView message, ByteView signature) {
    return falseIfRefusedAs("KMSInvalidSignatureException", [&] {
        const ServiceReply reply = m_impl->callFor(
            keyId, Operation::Verify,
            wire::writeMembers({.texts = {{"KeyId", keyId}, {"MessageType", "RAW"}, {"SigningAlgorithm", signingAlgorithm}},
                                .blobs = {{"Message", message}, {"Signature", signature}}}));
        return wire::readValid(reply.body, "SignatureValid", reply.place);
    });
}

BlobReply KmsClient::encrypt(const std::string& keyId, const std::string& encryptionAlgorithm, ByteView plaintext) {
    return m_impl->readFor(keyId, Operation::Encrypt,
                           wire::writeMembers({.texts = {{"KeyId", keyId}, {"EncryptionAlgorithm", encryptionAlgorithm}},
                                               .blobs = {{"Plaintext", plaintext}}}),
                           blobNamed("CiphertextBlob"));
}

DecryptReply KmsClient::decrypt(const std::string& keyId, const std::string& encryptionAlgorithm, ByteView ciphertext) {
    return m_impl->readFor(keyId, Operation::Decrypt,
                           wire::writeMembers({.texts = {{"KeyId", keyId}, {"EncryptionAlgorithm", encryptionAlgorithm}},
                                               .blobs = {{"CiphertextBlob", ciphertext}}}),
                           wire::readDecrypt);
}

BlobReply KmsClient::deriveSharedSecret(const std::string& keyId, ByteView publicKey) {
    return m_impl->readFor(
        keyId, Operation::DeriveSharedSecret,
        wire::writeMembers({.texts = {{"KeyId", keyId}, {"KeyAgreementAlgorithm", "ECDH"}}, .blobs = {{"PublicKey", publicKey}}}),
        blobNamed("SharedSecret"));
}

}  // namespace keyconvoy::kms
