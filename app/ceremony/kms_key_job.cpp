#include "app/ceremony/kms_key_job.h"

#include "app/ceremony/import_facts.h"
#include "app/ceremony/kms_access.h"
#include "app/station/to_json.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

class DescribingJob final : public LookAtKmsKeyJob {
public:
    DescribingJob(LookAtKmsKeyRequest request, RunContext runContext)
        : LookAtKmsKeyJob{std::move(runContext)}, m_keyId{std::move(request.keyId)}, m_kms{std::move(request.kms), context()} {
        setSteps({m_kms.identityStep(),
                  makeStep("kms.describe", KC_TEXT("KmsKeyJob", "look at the KMS key"), [this](Details& details) {
                      m_key = m_kms.describe(m_keyId.str());
                      append(details, describeForPerson(m_key));
                  })});
    }

    [[nodiscard]] const kms::KeyMetadata& key() const override { return m_key; }

    [[nodiscard]] Json result() const override {
        return {{"mode", toString(m_kms.mode())},
                {"kms", m_kms.toJson()},
                {"key",
                 {{"arn", m_key.arn},
                  {"keySpec", m_key.keySpec},
                  {"keyUsage", m_key.keyUsage},
                  {"keyState", m_key.keyStateName},
                  {"origin", m_key.origin},
                  {"description", m_key.description},
                  {"multiRegion", m_key.multiRegion},
                  {"expirationModel", orNull(m_key.expirationModel)},
                  {"validTo", orNull(m_key.validTo)},
                  {"keyMaterialId", orNull(m_key.currentKeyMaterialId)}}}};
    }

private:
    kms::KeyIdentifier m_keyId;
    KmsAccess m_kms;
    kms::KeyMetadata m_key;
};

}  // namespace

std::unique_ptr<LookAtKmsKeyJob> makeLookAtKmsKeyJob(LookAtKmsKeyRequest request, RunContext context) {
    return std::make_unique<DescribingJob>(std::move(request), std::move(context));
}

Details describeInFull(const kms::KeyMetadata& key) {
    Details details = describeForPerson(key);
    details.push_back({KC_TEXT("KmsKeyJob", "origin"), key.origin});
    if (!key.description.empty()) {
        details.push_back({KC_TEXT("KmsKeyJob", "description"), key.description});
    }
    if (key.currentKeyMaterialId) {
        details.push_back({KC_TEXT("KmsKeyJob", "key material ID"), *key.currentKeyMaterialId, DetailKind::Identifier});
    }
    if (key.validTo) {
        details.push_back({KC_TEXT("KmsKeyJob", "material expires"), toRfc3339(*key.validTo), DetailKind::Time});
    }
    return details;
}

}  // namespace keyconvoy::app
