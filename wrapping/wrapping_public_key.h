#pragma once

#include "core/bytes.h"
#include "core/fingerprint.h"
#include "pkcs11/token.h"
#include "wrapping/wrapping_algorithm.h"

namespace keyconvoy::wrapping {

/// The KMS wrapping public key: DER SubjectPublicKeyInfo with rsaEncryption and 2048, 3072 or 4096 bits. Holds nothing else.
class WrappingPublicKey {
public:
    /// Throws InvalidInput naming what is wrong: truncated, trailing bytes, not RSA, 1024 bits, an even or tiny exponent.
    [[nodiscard]] static WrappingPublicKey fromDer(ByteView der, const Text& place);

    [[nodiscard]] const Bytes& der() const noexcept { return m_der; }
    [[nodiscard]] const pkcs11::RsaPublicKey& rsa() const noexcept { return m_rsa; }
    [[nodiscard]] WrappingKeySpec spec() const noexcept { return m_spec; }
    [[nodiscard]] Fingerprint fingerprint() const { return Fingerprint::of(m_der); }  ///< SHA-256 of the DER

private:
    WrappingPublicKey() = default;
    Bytes m_der;
    pkcs11::RsaPublicKey m_rsa;
    WrappingKeySpec m_spec = WrappingKeySpec::Rsa4096;
};

}  // namespace keyconvoy::wrapping
