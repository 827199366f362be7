#pragma once

#include "core/error.h"
#include "kmsclient/model.h"

#include <string>
#include <string_view>

/// The JSON of the KMS operations (AWS JSON 1.1): bodies of requests, and replies read into our types. Every `read…` throws
/// Integrity at `place` when a member is missing or of another type than the KMS API gives it; members it does not know are
/// passed over.
namespace keyconvoy::kms::wire {

/// One JSON object: texts, blobs and so on, each kind in the order it is given. Empty lists and flags that are off are left out.
struct Members {
    std::vector<std::pair<const char*, std::string>> texts;
    std::vector<std::pair<const char*, ByteView>> blobs{};
    std::vector<std::pair<const char*, int>> numbers{};
    std::vector<std::pair<const char*, bool>> flags{};
    std::vector<std::pair<const char*, std::vector<std::string>>> textLists{};
    std::vector<Tag> tags{};  ///< as "Tags"
};

/// Throws InvalidInput when a text is not UTF-8.
[[nodiscard]] std::string writeMembers(const Members& members);
[[nodiscard]] std::string writeCreateKey(const CreateKeyRequest& request);
[[nodiscard]] std::string writeImportKeyMaterial(const ImportKeyMaterialRequest& request);
[[nodiscard]] std::string writeReplicateKey(const ReplicateKeyRequest& request);
/// The request for one page of a list: `marker` is the NextMarker of the page before, empty for the first. The number of entries
/// is left to KMS, whose usual ones are below what it allows for each operation.
[[nodiscard]] std::string writePage(Members members, const std::string& marker);

[[nodiscard]] KeyMetadata readKeyMetadata(std::string_view body, const Text& place);
[[nodiscard]] ImportParameters readImportParameters(std::string_view body, const Text& place);
/// An empty body, as older imitations of KMS give, is a reply without members.
[[nodiscard]] ImportKeyMaterialReply readImportKeyMaterial(std::string_view body, const Text& place);
/// One page of a list.
template <class Entry>
struct Page {
    std::vector<Entry> entries;
    std::string nextMarker;  ///< empty on the last page
};
[[nodiscard]] Page<Rotation> readRotations(std::string_view body, const Text& place);
[[nodiscard]] Page<KeyEntry> readKeys(std::string_view body, const Text& place);
[[nodiscard]] Page<Alias> readAliases(std::string_view body, const Text& place);
[[nodiscard]] Page<Tag> readTags(std::string_view body, const Text& place);
[[nodiscard]] ReplicateKeyReply readReplicateKey(std::string_view body, const Text& place);
[[nodiscard]] RotationStatus readRotationStatus(std::string_view body, const Text& place);
[[nodiscard]] ScheduledDeletion readScheduledDeletion(std::string_view body, const Text& place);
[[nodiscard]] KeyPolicy readKeyPolicy(std::string_view body, const Text& place);
/// The KeyId of a reply that may hold nothing else.
[[nodiscard]] KeyReply readKeyId(std::string_view body, const Text& place);
/// A reply without members: an empty body, or {}.
void checkNoMembers(std::string_view body, const Text& place);
[[nodiscard]] PublicKeyReply readPublicKey(std::string_view body, const Text& place);
/// `member` is Mac, Signature, CiphertextBlob or SharedSecret.
[[nodiscard]] BlobReply readBlob(std::string_view body, const char* member, const Text& place);
[[nodiscard]] DecryptReply readDecrypt(std::string_view body, const Text& place);
/// `member` is MacValid or SignatureValid.
[[nodiscard]] bool readValid(std::string_view body, const char* member, const Text& place);

}  // namespace keyconvoy::kms::wire
