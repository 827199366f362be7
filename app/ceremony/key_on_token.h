#pragma once

#include "app/ceremony/key_source.h"
#include "app/ceremony/token_access.h"
#include "app/ceremony/wrapping_wish.h"
#include "core/finding.h"
#include "wrapping/key_spec.h"

#include <functional>
#include <optional>
#include <vector>

namespace keyconvoy::app {

/// What is to happen to the key, which decides what is refused at first sight.
enum class KeyNeed : std::uint8_t {
    ToBeWrapped,
    ToBeWrappedUnderTrustedKey,  ///< under a wrapping key that an administrator put on the token
    ToBeCompared,                ///< a sealed key will do
};

/// The one key that a job is about, found on the token or generated there in this run, and what the token held before and after.
/// Its steps refer to it, so it stays where it is.
class KeyOnToken {
public:
    /// Throws InvalidInput when `source` names both ways or none.
    KeyOnToken(TokenAccess& token, KeySource source, wrapping::KeySpec keySpec, KeyNeed need);
    KeyOnToken(const KeyOnToken&) = delete;
    KeyOnToken& operator=(const KeyOnToken&) = delete;
    ~KeyOnToken() = default;

    /// "token.key": notes all objects; then finds the existing key and refuses what can never be wrapped or does not fit the key
    /// spec, or sees that the label of the new one is free.
    [[nodiscard]] Step lookStep();
    /// "token.generate", with the check value. Only for a new key, and only after a person has agreed to the whole.
    [[nodiscard]] Step generateStep(std::function<wrapping::KeyUsage()> usage);
    /// "token.residue": a warning when the token holds anything new but this key, or lacks something that was there. The last
    /// but one of a job that has done all it can do, so that its result is not lost over what somebody else did meanwhile.
    [[nodiscard]] Step residueStep();
    /// What that step saw, for a result.
    [[nodiscard]] std::string residue() const;

    [[nodiscard]] bool generates() const { return m_source.generateWithLabel.has_value(); }
    [[nodiscard]] bool exists() const { return m_key.has_value(); }
    [[nodiscard]] pkcs11::KeyReference key() const;  ///< once it exists
    [[nodiscard]] const pkcs11::KeyDescription& description() const { return m_description; }
    [[nodiscard]] const pkcs11::CheckValueOutcome& checkValue() const { return m_checkValue; }
    [[nodiscard]] const Findings& findings() const { return m_findings; }
    [[nodiscard]] pkcs11::KeyOrigin origin() const;
    /// "generate AES-256 under the label x", or the existing key's type, label and ID; for a review.
    [[nodiscard]] Details forReview() const;
    /// The key's description with its origin, and its check value with the method named.
    [[nodiscard]] Json toJson() const;

private:
    void findExisting();
    void learnLength(pkcs11::KeyReference key, const pkcs11::KeyDescription& description);
    void checkLabelIsFree() const;
    void keep(pkcs11::KeyReference key, pkcs11::KeyDescription description);

    TokenAccess& m_token;
    KeySource m_source;
    wrapping::KeySpec m_keySpec;
    KeyNeed m_need;
    std::vector<pkcs11::ObjectSummary> m_before;
    std::optional<pkcs11::KeyReference> m_key;
    pkcs11::KeyDescription m_description;
    pkcs11::CheckValueOutcome m_checkValue;
    std::vector<Text> m_otherChanges;  ///< on the token, besides this key
    Findings m_findings;
};

[[nodiscard]] KeyNeed needFor(const WrappingWish& wish);

/// What differs between two sorted object lists, other than new objects with this CKA_ID: "new: secret key x", "gone: ...".
[[nodiscard]] std::vector<Text> unexpectedChanges(const std::vector<pkcs11::ObjectSummary>& before,
                                                  const std::vector<pkcs11::ObjectSummary>& after, const Bytes& expectedId);

}  // namespace keyconvoy::app
