#pragma once

#include "core/finding.h"
#include "pkcs11/key_template.h"
#include "pkcs11/object.h"
#include "pkcs11/quirks.h"
#include "pkcs11/session.h"

#include <optional>

namespace keyconvoy::pkcs11 {

/// A key that was just made and that is destroyed again unless both guards are told to keep it.
struct MadeKey {
    ObjectGuard key;
    std::optional<ObjectGuard> publicKey;
    KeyDescription description;
    Findings findings;
};

/// 16 random bytes: NSS silently replaces a token key whose CKA_ID comes again.
[[nodiscard]] Bytes randomKeyId();
/// Throws Refused when any object has this label or this ID.
void checkNameIsFree(const Session& session, const std::string& label, const Bytes& id);

/// C_GenerateKey or C_GenerateKeyPair, then every attribute is read back and compared. Throws Integrity when one differs.
[[nodiscard]] MadeKey generateKey(const Session& session, const CK_TOKEN_INFO& token, const Quirks& quirks, const KeyPlan& plan);
[[nodiscard]] MadeKey generateKey(const Session& session, const CK_TOKEN_INFO& token, const Quirks& quirks,
                                  KeyTemplates templates);

/// The session AES key of a two-step wrap, read back too.
[[nodiscard]] ObjectGuard generateWrappingAesKey(const Session& session);

}  // namespace keyconvoy::pkcs11
