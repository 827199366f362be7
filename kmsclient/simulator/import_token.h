#pragma once

#include "core/bytes.h"
#include "core/clock.h"
#include "wrapping/compatibility.h"

#include <optional>
#include <string>

namespace keyconvoy::kms::simulator {

/// What an import token is bound to.
struct ImportTokenContent {
    std::string keyArn;
    wrapping::WrappingChoice choice;
    std::string pairId;  ///< the wrapping key pair of the same call
    TimePoint validTo;
};

/// Seals import tokens with a key of its own, so that they are opaque and any change is noticed. AWS publishes neither form
/// nor exact size; these have 1757 octets and the first five of the example in the AWS documentation.
class ImportTokenSealer {
public:
    explicit ImportTokenSealer(Bytes key) : m_key{std::move(key)} {}  ///< 32 octets

    [[nodiscard]] Bytes seal(const ImportTokenContent& content) const;
    /// Nothing when it is not a token sealed with this key, unchanged.
    [[nodiscard]] std::optional<ImportTokenContent> open(ByteView token) const;

private:
    Bytes m_key;
};

}  // namespace keyconvoy::kms::simulator
