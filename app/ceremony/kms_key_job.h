#pragma once

#include "app/ceremony/job.h"
#include "app/station/station.h"
#include "kmsclient/key_arn.h"
#include "kmsclient/model.h"

#include <memory>

namespace keyconvoy::app {

/// Looks at one KMS key, changes nothing: who we are, then DescribeKey. importTargetFindings says of what it found whether an
/// import can go there.
struct LookAtKmsKeyRequest {
    KmsStation kms;
    kms::KeyIdentifier keyId;
};
class LookAtKmsKeyJob : public Job {
public:
    [[nodiscard]] virtual const kms::KeyMetadata& key() const = 0;  ///< valid after the end

protected:
    using Job::Job;
};
[[nodiscard]] std::unique_ptr<LookAtKmsKeyJob> makeLookAtKmsKeyJob(LookAtKmsKeyRequest request, RunContext context);

/// ARN, key spec, usage, state, origin, and what is known about its material, for a person.
[[nodiscard]] Details describeInFull(const kms::KeyMetadata& key);

}  // namespace keyconvoy::app
