#pragma once

#include "pkcs11/token.h"

namespace keyconvoy::pkcs11 {

/// What is known about a token by its name, and only what cannot be found out by trying. Everything else is tried.
struct Quirks {
    bool software = false;             ///< keys live in files of this user or memory of this process
    bool localAlwaysFalse = false;     ///< CKA_LOCAL is false for generated keys too (NSS softokn)
    bool unwrapIgnoresUses = false;    ///< an unwrapped private key may do everything, whatever was asked (NSS softokn)
    bool wantsPublicValueToo = false;  ///< an unwrapped EC private key needs its public point as CKA_NSS_DB (NSS softokn)
};

[[nodiscard]] Quirks quirksOf(const TokenDescription& token);

}  // namespace keyconvoy::pkcs11
