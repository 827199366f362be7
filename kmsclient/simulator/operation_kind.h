#pragma once

#include <cstdint>
#include <string_view>

namespace keyconvoy::kms::simulator {

/// What a call does to keys, as CloudTrail has it in `readOnly`.
enum class OperationKind : std::uint8_t {
    Read,   ///< asks, or uses a key without changing it; GetParametersForImport too
    Write,  ///< everything else, and every operation that is not known here
};

/// For a KMS or STS operation by its name.
[[nodiscard]] OperationKind kindOf(std::string_view operation);

/// Whether the answer of an operation tells of keys, aliases, tags or policies and nothing else, so that a part of KMS that lags
/// behind may give it (KMS Developer Guide, "AWS KMS eventual consistency").
[[nodiscard]] bool readsState(std::string_view operation);

}  // namespace keyconvoy::kms::simulator
