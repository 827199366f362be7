#pragma once

#include "core/c_handle.h"
#include "core/fingerprint.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string>

namespace keyconvoy::tests {

using PkeyPtr = CHandle<EVP_PKEY, EVP_PKEY_free>;
using CertificatePtr = CHandle<X509, X509_free>;

/// A server's key and certificate.
struct TlsIdentity {
    PkeyPtr key;
    CertificatePtr certificate;

    [[nodiscard]] Fingerprint certificateSha256() const;  ///< of the DER
};

/// When a certificate is good, relative to now.
enum class Validity : std::uint8_t { Now, Past, Future };

/// A certification authority that is made on the fly (EC P-256) and forgotten after the test.
class TlsAuthority {
public:
    explicit TlsAuthority(const std::string& name);

    /// A server certificate for this DNS name, or for an address in dotted form.
    [[nodiscard]] TlsIdentity issue(const std::string& host, Validity validity = Validity::Now) const;
    /// The root certificate, for a CA bundle.
    [[nodiscard]] std::string pem() const;
    [[nodiscard]] Fingerprint keySha256() const;  ///< of the SubjectPublicKeyInfo

private:
    PkeyPtr m_key;
    CertificatePtr m_certificate;
};

}  // namespace keyconvoy::tests
