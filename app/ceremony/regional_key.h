#pragma once

#include "app/ceremony/kms_access.h"
#include "app/inventory/kms_keys.h"

#include <optional>
#include <string>
#include <vector>

namespace keyconvoy::app {

/// The key of one Region of a multi-Region key, as a client of that Region sees it. Steps refer to it, so it stays where it is.
class RegionalKey {
public:
    /// `station` is that of the Region; `context` is the job's and outlives this.
    RegionalKey(KmsStation station, const RunContext& context) : m_kms{std::move(station), context} {}
    RegionalKey(const RegionalKey&) = delete;
    RegionalKey& operator=(const RegionalKey&) = delete;
    ~RegionalKey() = default;

    /// Looks who we are there, then at the key of this ARN or ID, once KMS is not at work on it any more.
    void look(const std::string& keyId, Details& details);
    /// The same once more.
    void lookAgain();
    /// Waits until the key lists this material, which reaches a replica some seconds after the primary.
    void awaitListed(const std::string& keyMaterialId);

    [[nodiscard]] KmsAccess& kms() { return m_kms; }
    [[nodiscard]] const KmsAccess& kms() const { return m_kms; }
    /// Looks who we are there, for a key that is still to be made.
    void connect(Details& details);

    [[nodiscard]] const kms::KeyMetadata& key() const { return *m_key; }                     ///< as it was looked at last
    [[nodiscard]] const std::vector<KmsMaterial>& materials() const { return m_materials; }  ///< likewise
    /// What KMS does not hold in this Region, material that waits for a rotation included.
    [[nodiscard]] std::vector<KmsMaterial> lacking() const;

private:
    KmsAccess m_kms;
    std::optional<kms::KeyMetadata> m_key;
    std::vector<KmsMaterial> m_materials;
};

/// The same way to KMS, in another Region.
[[nodiscard]] KmsStation inRegion(KmsStation station, const std::string& region);

}  // namespace keyconvoy::app
