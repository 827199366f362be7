#pragma once

#include "core/bytes.h"

#include <memory>

/// What the check after import computes here, with public keys and throw-away keys only (OpenSSL).
namespace keyconvoy::app {

[[nodiscard]] Bytes randomBytes(std::size_t count);

/// A public key from its DER SubjectPublicKeyInfo.
class PublicKey {
public:
    explicit PublicKey(ByteView der);  ///< throws Integrity when it is no public key
    ~PublicKey();
    PublicKey(const PublicKey&) = delete;
    PublicKey& operator=(const PublicKey&) = delete;

    /// RSAES-OAEP with SHA-256 and MGF1-SHA-256, empty label (RFC 8017, 7.1.1).
    [[nodiscard]] Bytes encryptOaepSha256(ByteView plaintext) const;

private:
    friend class EphemeralEcKey;
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// A key pair on the same curve as another public key, made for one ECDH.
class EphemeralEcKey {
public:
    explicit EphemeralEcKey(const PublicKey& sameCurveAs);
    ~EphemeralEcKey();
    EphemeralEcKey(const EphemeralEcKey&) = delete;
    EphemeralEcKey& operator=(const EphemeralEcKey&) = delete;

    [[nodiscard]] Bytes publicKeyDer() const;  ///< SubjectPublicKeyInfo
    /// The x-coordinate (SP 800-56A, 5.7.1.2), as long as the field.
    [[nodiscard]] Bytes sharedSecretWith(const PublicKey& peer) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace keyconvoy::app
