#pragma once

#include "core/bytes.h"
#include "core/strict_json.h"

#include <string>

namespace keyconvoy::tests {

/// One file of tests/vectors, parsed.
[[nodiscard]] Json loadVectors(const std::string& name);

/// A member in hexadecimal, decoded; throws std::runtime_error when it is none.
[[nodiscard]] Bytes hexMember(const Json& object, const char* name);

/// For SCOPED_TRACE: "tcId 17: comment".
[[nodiscard]] std::string caseName(const Json& vector);

}  // namespace keyconvoy::tests
