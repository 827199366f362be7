#pragma once

#include "pkcs11/cryptoki.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace keyconvoy::shim {

/// One member of a line; `json` is written as it stands.
struct Member {
    std::string_view name;
    std::string json;
};

/// Appends one line to the recording, if there is one.
void record(std::string_view function, CK_RV result, std::initializer_list<Member> members);

[[nodiscard]] std::string number(CK_ULONG value);                                      ///< 12
[[nodiscard]] std::string hexText(CK_ULONG value);                                     ///< "0x9"
[[nodiscard]] std::string types(const CK_ATTRIBUTE* attributes, CK_ULONG count);       ///< ["0x0","0x100"]
[[nodiscard]] std::string modulusOf(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);  ///< "00c3…"; "" for a key without one
[[nodiscard]] std::string numberIn(const CK_ATTRIBUTE* attributes, CK_ULONG count, CK_ATTRIBUTE_TYPE type);

}  // namespace keyconvoy::shim
