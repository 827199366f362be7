#pragma once

#include "app/ceremony/check_after_import.h"
#include "app/ceremony/expiry.h"
#include "app/ceremony/job.h"
#include "app/ceremony/wrapping_wish.h"
#include "app/inventory/material_sheet.h"
#include "app/station/station.h"
#include "kmsclient/key_arn.h"
#include "kmsclient/model.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keyconvoy::app {

/// `replicate`: a multi-Region key of origin EXTERNAL, made whole in every Region. KMS copies key metadata to replicas, never the
/// material (AWS KMS Developer Guide, "Multi-Region keys with imported key material"), so the same material is wrapped and
/// imported again for each Region that lacks it: the primary first, then each replica, which is made where it is missing. Then
/// a material that waits is rotated in, once every Region holds it. What is there already is left as it is, so that a run that
/// was broken off is taken up by the same request.
struct ReplicateRequest {
    TokenStation token;
    KmsStation kms;  ///< of the primary's Region
    kms::KeyIdentifier keyId;
    std::vector<std::string> regions;  ///< that are to have a replica; the replicas that are there take part anyway
    /// Of new replicas: KMS copies neither policy nor description nor tags from the primary.
    kms::ReplicateKeyRequest newReplica;
    /// The token key, where one material alone is lacking; absent: by the material sheets.
    std::optional<pkcs11::KeySelector> key;
    std::vector<MaterialSheet> sheets;  ///< besides those of the folder
    WrappingWish wrapping;
    Expiry expiry{NeverExpires{}};
    CheckWish check = CheckWish::Strongest;                    ///< for key pairs and HMAC keys
    std::optional<std::filesystem::path> qualificationFolder;  ///< as in ImportRequest
    std::optional<std::filesystem::path> sheetFolder;          ///< likewise
};
/// Gives {"mode", "kms", "keyArn", "regions": [{"region", "keyArn", "made", "keyState", "lacks"}], "imports", "rotatedIn",
/// "findings"}. Throws Refused before anything is sent when the key is no multi-Region primary key or cannot be used now, and
/// NotFound when the token has none of the keys that are needed.
[[nodiscard]] std::unique_ptr<Job> makeReplicateJob(ReplicateRequest request, RunContext context);

}  // namespace keyconvoy::app
