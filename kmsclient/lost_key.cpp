#include "kmsclient/lost_key.h"

#include "core/hex.h"
#include "kmsclient/kms_client.h"

#include <algorithm>
#include <array>
#include <openssl/rand.h>

namespace keyconvoy::kms {

using namespace std::chrono;

CreationMark CreationMark::random() {
    std::array<std::uint8_t, 16> octets{};
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) {
        throw CryptoError{"RAND_bytes"};
    }
    return CreationMark{toHex(octets)};
}

std::optional<KeyMetadataReply> LostKey::find(KmsClient& client, const Wait& wait) {
    constexpr seconds patience{7};  // looks at 0, 1, 3 and 7 seconds; somebody is waiting
    PropagationDelay propagation{patience};
    for (;;) {
        if (auto found = lookOnce(client)) {
            return found;
        }
        const auto delay = propagation.next();
        if (delay.count() == 0) {
            return std::nullopt;
        }
        wait(delay);
    }
}

std::optional<KeyMetadataReply> LostKey::lookOnce(KmsClient& client) {
    const KeyList keys = client.listKeys();
    for (const KeyEntry& entry : keys.entries) {
        if (m_others.contains(entry.keyId)) {
            continue;
        }
        KeyMetadataReply key = client.describeKey(entry.keyId);
        if (!fits(key.metadata, client)) {
            m_others.insert(entry.keyId);
            continue;
        }
        if (m_mark) {
            const Tag mark = m_mark->tag();
            const TagList tags = client.listResourceTags(entry.keyId);
            const auto marked = std::ranges::find(tags.entries, mark.key, &Tag::key);
            if (marked != tags.entries.end() && *marked == mark) {
                return key;
            }
            if (marked != tags.entries.end()) {  // another call's key
                m_others.insert(entry.keyId);
                m_similar.erase(key.metadata.arn);
                continue;
            }
        }
        m_similar[key.metadata.arn] = key.metadata;  // a tag may become visible later than its key: it is looked at again
    }
    return std::nullopt;
}

bool LostKey::fits(const KeyMetadata& key, const KmsClient& client) const {
    constexpr minutes slack{2};  // between our clock, put right by KMS's Date headers, and the one that dates keys
    const TimePoint earliest = m_askedAt + client.clockOffset().value_or(seconds{0}) - slack;
    return key.creationDate && *key.creationDate >= earliest && key.origin == "EXTERNAL" &&
           key.keyState == KeyState::PendingImport && key.keySpec == nameOf(wrapping::keySpecNames, m_asked.keySpec) &&
           key.keyUsage == nameOf(wrapping::keyUsageNames, m_asked.keyUsage) && key.description == m_asked.description &&
           key.multiRegion == m_asked.multiRegion;
}

Failure LostKey::described(Failure failure) const {
    if (m_mark) {
        const Tag tag = m_mark->tag();
        failure.details.push_back({.subject = KC_TEXT("LostKey", "tag %1=%2").with(tag.key).with(tag.value),
                                   .what = KC_TEXT("LostKey", "the key that was asked for carries it; KMS does not list it yet"),
                                   .code = {}});
    }
    for (const auto& [arn, key] : m_similar) {
        failure.details.push_back({.subject = KC_TEXT("LostKey", "KMS key %1").with(arn),
                                   .what = KC_TEXT("LostKey", "made at %1, as it was asked for; it may be the one")
                                               .with(toRfc3339(key.creationDate.value_or(m_askedAt))),
                                   .code = {}});
    }
    return failure;
}

}  // namespace keyconvoy::kms
