#pragma once

#include "core/error.h"
#include "pkcs11/cryptoki.h"

#include <string>
#include <string_view>

namespace keyconvoy::pkcs11 {

/// What is known about one CKR code.
struct ReturnValue {
    CK_RV code = CKR_OK;
    std::string name;  ///< "CKR_PIN_LOCKED"; unknown and vendor codes in hex
    ErrorKind kind = ErrorKind::Unavailable;
    Text meaning;
    Text remedy;
};

/// Never fails: a code that no table knows gets a general meaning and remedy.
[[nodiscard]] ReturnValue describeReturnValue(CK_RV code);

/// A Cryptoki function did not return CKR_OK. The place reads `C_WrapKey, token "label"`, cause and remedy come from the table.
class Pkcs11Error final : public Error {
public:
    Pkcs11Error(std::string_view function, CK_RV code, std::string_view token = {});
    [[nodiscard]] CK_RV code() const noexcept { return m_code; }

private:
    CK_RV m_code;
};

inline void check(CK_RV code, std::string_view function, std::string_view token = {}) {
    if (code != CKR_OK) {
        throw Pkcs11Error{function, code, token};
    }
}

}  // namespace keyconvoy::pkcs11
