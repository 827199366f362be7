#pragma once

#include "pkcs11/key_generation.h"
#include "pkcs11/session.h"
#include "pkcs11/token.h"

namespace keyconvoy::pkcs11 {

/// The unwrapping side of a backup: what was wrapped on another token comes into being on this one.
struct BackupBlob {
    ByteView blob;
    std::size_t oaepBytes = 0;  ///< of the transport key's modulus: where C1 of a two-step blob ends
    WrapRecipe recipe;
};

/// Unwraps with SENSITIVE=T and EXTRACTABLE=T, stores the public half of a pair beside it, reads everything back. A token that
/// does not tell an unwrapped secret key's length (SoftHSM) is taken at the plan's word, with a finding: the check value shows
/// it.
[[nodiscard]] MadeKey unwrapKey(const Session& session, const CK_TOKEN_INFO& token, const Quirks& quirks,
                                CK_OBJECT_HANDLE transportKey, const BackupBlob& backup, const KeyPlan& plan,
                                ByteView publicKeyDer);

}  // namespace keyconvoy::pkcs11
