#pragma once

#include "pkcs11/session.h"
#include "pkcs11/token.h"

#include <optional>

namespace keyconvoy::pkcs11 {

enum class Role : std::uint8_t { User, SecurityOfficer };

/// `pin` is absent for the token's own pad. Flags are read first and at most one C_Login is sent.
[[nodiscard]] LoginOutcome tryLogin(const Session& session, Role role, std::optional<ByteView> pin, FinalTryConsent consent);

}  // namespace keyconvoy::pkcs11
