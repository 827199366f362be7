#pragma once

#include "kmsclient/model.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace keyconvoy::kms {

class KmsClient;

/// What tells a key apart that was asked for by one call of CreateKey, which takes no client token: the tag keyconvoy:request
/// with a random value.
class CreationMark {
public:
    [[nodiscard]] static CreationMark random();  ///< 128 bits; throws CryptoError
    [[nodiscard]] Tag tag() const { return {.key = "keyconvoy:request", .value = m_value}; }

private:
    explicit CreationMark(std::string value) : m_value{std::move(value)} {}
    std::string m_value;
};

/// Looks for the key of a CreateKey call that got no reply: among the keys made since then, the one that carries the call's mark.
class LostKey {
public:
    using Wait = std::function<void(std::chrono::milliseconds)>;

    LostKey(CreateKeyRequest asked, std::optional<CreationMark> mark, TimePoint askedAt)
        : m_asked{std::move(asked)}, m_mark{std::move(mark)}, m_askedAt{askedAt} {}

    /// Looks again for some seconds, since a new key is not listed at once. Absent when no key carries the mark, or there is
    /// none: then what fits otherwise is kept for described(). Throws what the calls throw.
    [[nodiscard]] std::optional<KeyMetadataReply> find(KmsClient& client, const Wait& wait);
    /// The failure of the call with what was looked for, and the keys that may be the one.
    [[nodiscard]] Failure described(Failure failure) const;

private:
    std::optional<KeyMetadataReply> lookOnce(KmsClient& client);
    [[nodiscard]] bool fits(const KeyMetadata& key, const KmsClient& client) const;

    CreateKeyRequest m_asked;
    std::optional<CreationMark> m_mark;
    TimePoint m_askedAt;
    std::set<std::string> m_others;                ///< key IDs that are known not to be the one
    std::map<std::string, KeyMetadata> m_similar;  ///< by ARN: as asked for and made since then, but not seen to carry the mark
};

}  // namespace keyconvoy::kms
