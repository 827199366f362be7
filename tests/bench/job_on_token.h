#pragma once

#include "pkcs11/token.h"
#include "wrapping/on_token_wrap.h"
#include "wrapping/wrapping_public_key.h"

#include <string>

namespace keyconvoy::bench {

/// The token's share of one import through our interface: look at the token, generate an AES-256 session key with all checks,
/// take its check value, wrap it by OAEP with SHA-1 under a 4096-bit key, destroy it. Gives the blob.
class JobOnToken {
public:
    JobOnToken(pkcs11::Token& token, wrapping::WrappingPublicKey wrappingKey);

    [[nodiscard]] Bytes run();

private:
    pkcs11::Token& m_token;
    wrapping::WrappingPublicKey m_wrappingKey;
    std::uint64_t m_runs = 0;
};

}  // namespace keyconvoy::bench
