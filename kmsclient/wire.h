#pragma once

#include "core/error.h"
#include "kmsclient/model.h"

#include <string>
#include <string_view>

/// The JSON of the KMS operations (AWS JSON 1.1): bodies of requests, and replies read into our types. Every `read…` throws
/// Integrity at `place` when a member is missing or of another type than the KMS API gives it; members it does not know are
/// passed over.
namespace keyconvoy::kms::wire {

/// One JSON object of texts, blobs and flags, in the order they are added.
struct Members {
    std::vector<std::pair<const char*, std::string>> texts;
    std::vector<std::pair<const char*, ByteView>> blobs;
};

/// Throws InvalidInput when a text is not UTF-8.
[[nodiscard]] std::string writeMembers(const Members& members);
[[nodiscard]] std::string writeCreateKey(const CreateKeyRequest& request);
[[nodiscard]] std::string writeImportKeyMaterial(const ImportKeyMaterialRequest& request);
/// `marker` is the NextMarker of the page before.
[[nodiscard]] std::string writeListKeyRotations(const std::string& keyId, bool allKeyMaterial, const std::string& marker);

[[nodiscard]] KeyMetadata readKeyMetadata(std::string_view body, const Text& place);
[[nodiscard]] ImportParameters readImportParameters(std::string_view body, const Text& place);
/// An empty body, as older imitations of KMS give, is a reply without members.
[[nodiscard]] ImportKeyMaterialReply readImportKeyMaterial(std::string_view body, const Text& place);
struct RotationsPage {
    std::vector<Rotation> rotations;
    std::string nextMarker;  ///< empty on the last page
};
[[nodiscard]] RotationsPage readRotations(std::string_view body, const Text& place);
[[nodiscard]] PublicKeyReply readPublicKey(std::string_view body, const Text& place);
/// `member` is Mac, Signature, CiphertextBlob or SharedSecret.
[[nodiscard]] BlobReply readBlob(std::string_view body, const char* member, const Text& place);
[[nodiscard]] DecryptReply readDecrypt(std::string_view body, const Text& place);
/// `member` is MacValid or SignatureValid.
[[nodiscard]] bool readValid(std::string_view body, const char* member, const Text& place);

}  // namespace keyconvoy::kms::wire
