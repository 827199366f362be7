#pragma once

#include "core/fingerprint.h"

#include <optional>
#include <string>

struct ssl_st;

namespace keyconvoy::kms {

/// The certificate chain that a TLS connection was verified with.
struct TlsEvidence {
    Fingerprint leafSha256;     ///< of the certificate (DER)
    Fingerprint rootKeySha256;  ///< of the root's SubjectPublicKeyInfo (DER)
    std::string rootSubject;    ///< RFC 2253
    bool amazonRoot = false;
};

/// Reads the verified chain (SSL_get0_verified_chain) of a connection whose handshake is done; absent when it was not verified,
/// or resumed from an earlier session, which keeps no chain.
[[nodiscard]] std::optional<TlsEvidence> readTlsEvidence(const ssl_st* connection);

/// Whether this root key belongs to Amazon Trust Services (amazon_roots.h).
[[nodiscard]] bool isAmazonRoot(const Fingerprint& rootKeySha256);

}  // namespace keyconvoy::kms
