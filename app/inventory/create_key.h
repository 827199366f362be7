#pragma once

#include "app/ceremony/job.h"
#include "app/station/station.h"
#include "kmsclient/model.h"

#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::app {

/// `kms create`: a KMS key that waits for imported material (Origin EXTERNAL), with an alias where one is asked for.
struct CreateKmsKeyRequest {
    KmsStation kms;
    kms::CreateKeyRequest key;
    std::optional<std::string> alias;  ///< alias/…
};
/// Throws InvalidInput or Refused for what KMS would refuse (spec and usage, policy, tags, alias name), before anything is sent.
/// An alias that is taken is refused before the key is made; where the alias fails afterwards, the failure names the key. Gives
/// {"mode", "kms", "requestId", "tags", "key"}, the key as `kms show` gives it.
[[nodiscard]] std::unique_ptr<Job> makeCreateKmsKeyJob(CreateKmsKeyRequest request, RunContext context);

}  // namespace keyconvoy::app
