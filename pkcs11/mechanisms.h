#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/session.h"
#include "pkcs11/token.h"

#include <string>
#include <string_view>
#include <vector>

namespace keyconvoy::pkcs11 {

/// "CKM_RSA_PKCS_OAEP"; one that has no name here gives its number in hex.
[[nodiscard]] std::string mechanismName(CK_MECHANISM_TYPE type);
/// The place of a failure, in no language: "C_WrapKey(CKM_RSA_PKCS_OAEP)".
[[nodiscard]] std::string callWith(std::string_view function, CK_MECHANISM_TYPE mechanism);
[[nodiscard]] std::string numberInHex(CK_ULONG number);  ///< "0x2109"

/// What the token lists, which is not what it can do: a qualification finds that out.
[[nodiscard]] std::vector<Mechanism> listMechanisms(const Session& session);

}  // namespace keyconvoy::pkcs11
