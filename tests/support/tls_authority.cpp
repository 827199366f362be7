#include "tests/support/tls_authority.h"

#include "core/bytes.h"

#include <array>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdexcept>

namespace keyconvoy::tests {

namespace {

using ExtensionPtr = CHandle<X509_EXTENSION, X509_EXTENSION_free>;

constexpr long day = 86'400;

void need(bool good, const char* what) {
    if (!good) {
        throw std::runtime_error{std::string{"test certificate: "} + what};
    }
}

PkeyPtr freshKey() {
    PkeyPtr key{EVP_EC_gen("P-256")};
    need(key != nullptr, "EVP_EC_gen");
    return key;
}

void setName(X509_NAME* name, const std::string& commonName) {
    const auto* octets = reinterpret_cast<const unsigned char*>(commonName.data());
    need(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, octets, static_cast<int>(commonName.size()), -1, 0) == 1, "name");
}

void addExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const ExtensionPtr extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())};
    need(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

void setSerial(X509* certificate) {
    std::array<unsigned char, 8> octets{};
    need(RAND_bytes(octets.data(), static_cast<int>(octets.size())) == 1, "serial");
    std::uint64_t serial = 0;
    for (const unsigned char octet : octets) {
        serial = serial << 8U | octet;
    }
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1U);
}

CertificatePtr unsignedCertificate(const std::string& subject, EVP_PKEY* key, Validity validity) {
    CertificatePtr certificate{X509_new()};
    need(certificate != nullptr, "X509_new");
    X509_set_version(certificate.get(), X509_VERSION_3);
    setSerial(certificate.get());
    const long start = validity == Validity::Past ? -3 * day : validity == Validity::Future ? day : -day;
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), start);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), start + 2 * day);
    setName(X509_get_subject_name(certificate.get()), subject);
    need(X509_set_pubkey(certificate.get(), key) == 1, "public key");
    return certificate;
}

std::string alternativeName(const std::string& host) {
    const bool address = host.find_first_not_of("0123456789.") == std::string::npos;
    return (address ? "IP:" : "DNS:") + host;
}

template <class Object, class Encode>
Fingerprint sha256OfDer(Object* object, Encode encode) {
    unsigned char* data = nullptr;
    const int length = encode(object, &data);
    need(length > 0, "DER");
    const Fingerprint fingerprint = Fingerprint::of({data, static_cast<std::size_t>(length)});
    OPENSSL_free(data);
    return fingerprint;
}

}  // namespace

Fingerprint TlsIdentity::certificateSha256() const {
    return sha256OfDer(certificate.get(), i2d_X509);
}

TlsAuthority::TlsAuthority(const std::string& name)
    : m_key{freshKey()}, m_certificate{unsignedCertificate(name, m_key.get(), Validity::Now)} {
    X509* root = m_certificate.get();
    setName(X509_get_issuer_name(root), name);
    addExtension(root, root, NID_basic_constraints, "critical,CA:TRUE");
    addExtension(root, root, NID_key_usage, "critical,keyCertSign,cRLSign");
    addExtension(root, root, NID_subject_key_identifier, "hash");
    need(X509_sign(root, m_key.get(), EVP_sha256()) > 0, "signature");
}

TlsIdentity TlsAuthority::issue(const std::string& host, Validity validity) const {
    TlsIdentity identity;
    identity.key = freshKey();
    identity.certificate = unsignedCertificate(host, identity.key.get(), validity);
    X509* leaf = identity.certificate.get();
    need(X509_set_issuer_name(leaf, X509_get_subject_name(m_certificate.get())) == 1, "issuer");
    addExtension(leaf, m_certificate.get(), NID_subject_alt_name, alternativeName(host));
    addExtension(leaf, m_certificate.get(), NID_ext_key_usage, "serverAuth");
    need(X509_sign(leaf, m_key.get(), EVP_sha256()) > 0, "signature");
    return identity;
}

std::string TlsAuthority::pem() const {
    const CHandle<BIO, BIO_free_all> output{BIO_new(BIO_s_mem())};
    need(output && PEM_write_bio_X509(output.get(), m_certificate.get()) == 1, "PEM");
    char* data = nullptr;
    const long length = BIO_get_mem_data(output.get(), &data);
    return {data, static_cast<std::size_t>(length)};
}

Fingerprint TlsAuthority::keySha256() const {
    return sha256OfDer(X509_get_X509_PUBKEY(m_certificate.get()), i2d_X509_PUBKEY);
}

}  // namespace keyconvoy::tests
