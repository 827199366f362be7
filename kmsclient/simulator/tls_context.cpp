#include "kmsclient/simulator/tls_context.h"

#include "core/error.h"
#include "core/files.h"
#include "kmsclient/simulator/crypto.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace keyconvoy::kms::simulator {

namespace {

using CertificatePtr = CHandle<X509, X509_free>;
using ExtensionPtr = CHandle<X509_EXTENSION, X509_EXTENSION_free>;
using BioPtr = CHandle<BIO, BIO_free_all>;

constexpr long day = 86'400;
/// CA/Browser Forum Baseline Requirements, 6.3.2: the longest life that every client takes.
constexpr long lifeDays = 397;

/// When a certificate is good, in days from today. TLS clients ask the real clock, not the simulator's.
struct Life {
    long from = -1;
    long to = lifeDays;
};

struct Identity {
    PkeyPtr key;
    CertificatePtr certificate;
};

PkeyPtr freshKey() {
    PkeyPtr key{EVP_EC_gen("P-256")};
    checkCrypto(key != nullptr ? 1 : 0, "EVP_EC_gen");
    return key;
}

/// 20 octets at most, positive and not zero (RFC 5280, 4.1.2.2).
void setSerial(X509* certificate) {
    Bytes octets = randomBytes(16);
    octets.front() = static_cast<std::uint8_t>((octets.front() & 0x3FU) | 0x40U);
    const CHandle<BIGNUM, BN_free> number{BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr)};
    checkCrypto(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr ? 1 : 0, "BN_to_ASN1_INTEGER");
}

void setName(X509_NAME* name, const std::string& commonName) {
    checkCrypto(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, asBytes(commonName).data(),
                                           static_cast<int>(commonName.size()), -1, 0),
                "X509_NAME_add_entry_by_txt");
}

void addExtension(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const ExtensionPtr extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value)};
    checkCrypto(extension == nullptr ? 0 : X509_add_ext(certificate, extension.get(), -1), "X509V3_EXT_conf_nid");
}

CertificatePtr blankCertificate(const std::string& name, EVP_PKEY* key, Life life) {
    CertificatePtr certificate{X509_new()};
    checkCrypto(certificate != nullptr ? 1 : 0, "X509_new");
    X509_set_version(certificate.get(), X509_VERSION_3);
    setSerial(certificate.get());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), life.from * day);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), life.to * day);
    setName(X509_get_subject_name(certificate.get()), name);
    checkCrypto(X509_set_pubkey(certificate.get(), key), "X509_set_pubkey");
    return certificate;
}

Identity makeAuthority() {
    Identity root{.key = freshKey(), .certificate = nullptr};
    const std::string name = "Keyconvoy KMS simulator, authority of one run";
    root.certificate = blankCertificate(name, root.key.get(), Life{});
    X509* certificate = root.certificate.get();
    setName(X509_get_issuer_name(certificate), name);
    addExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    addExtension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
    addExtension(certificate, certificate, NID_subject_key_identifier, "hash");
    checkCrypto(X509_sign(certificate, root.key.get(), EVP_sha256()), "X509_sign");
    return root;
}

/// A server's certificate for these names, as X509V3_EXT_conf_nid has them: "DNS:localhost,IP:127.0.0.1".
Identity issue(const Identity& root, const std::string& names, Life life) {
    Identity server{.key = freshKey(), .certificate = nullptr};
    server.certificate = blankCertificate("keyconvoy-kms-simulator", server.key.get(), life);
    X509* certificate = server.certificate.get();
    checkCrypto(X509_set_issuer_name(certificate, X509_get_subject_name(root.certificate.get())), "X509_set_issuer_name");
    addExtension(certificate, root.certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    addExtension(certificate, root.certificate.get(), NID_key_usage, "critical,digitalSignature");
    addExtension(certificate, root.certificate.get(), NID_ext_key_usage, "serverAuth");
    addExtension(certificate, root.certificate.get(), NID_authority_key_identifier, "keyid");
    addExtension(certificate, root.certificate.get(), NID_subject_alt_name, names.c_str());
    checkCrypto(X509_sign(certificate, root.key.get(), EVP_sha256()), "X509_sign");
    return server;
}

std::string toPem(X509* certificate) {
    const BioPtr output{BIO_new(BIO_s_mem())};
    checkCrypto(PEM_write_bio_X509(output.get(), certificate), "PEM_write_bio_X509");
    char* data = nullptr;
    const long size = BIO_get_mem_data(output.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

TlsContext newContext() {
    TlsContext context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    checkCrypto(context != nullptr ? 1 : 0, "SSL_CTX_new");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);  // a resumed session would not see a wrong certificate
    SSL_CTX_set_num_tickets(context.get(), 0);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
    return context;
}

TlsContext contextOf(const Identity& identity) {
    TlsContext context = newContext();
    checkCrypto(SSL_CTX_use_certificate(context.get(), identity.certificate.get()), "SSL_CTX_use_certificate");
    checkCrypto(SSL_CTX_use_PrivateKey(context.get(), identity.key.get()), "SSL_CTX_use_PrivateKey");
    return context;
}

TlsContext contextOf(const TlsFiles& files) {
    TlsContext context = newContext();
    const bool good = SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) == 1 &&
                      SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) == 1 &&
                      SSL_CTX_check_private_key(context.get()) == 1;
    ERR_clear_error();
    if (!good) {
        throw Error{ErrorKind::InvalidInput,
                    KC_TEXT("Simulator", "TLS certificate %1, key %2").with(files.certificate.string()).with(files.key.string()),
                    KC_TEXT("Simulator", "they are not a PEM certificate and its private key"),
                    KC_TEXT("Simulator", "check both files")};
    }
    return context;
}

std::string namesFor(const std::string& host) {
    std::string names = "DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1";
    if (host != "127.0.0.1" && host != "::1") {
        names += ",IP:" + host;
    }
    return names;
}

}  // namespace

struct TlsServer::Authority {
    Identity root = makeAuthority();
};

TlsServer::TlsServer(const TlsSource& source, const std::string& host) : m_host{host} {
    if (const auto* files = std::get_if<TlsFiles>(&source)) {
        m_good = contextOf(*files);
        return;
    }
    m_authority = std::make_unique<Authority>();
    m_good = contextOf(issue(m_authority->root, namesFor(host), Life{}));
    const auto* selfMade = std::get_if<SelfMadeTls>(&source);
    if (selfMade != nullptr && selfMade->authorityFile) {
        writeNewFile(*selfMade->authorityFile, asBytes(toPem(m_authority->root.certificate.get())));
    }
}

TlsServer::~TlsServer() = default;

TlsContext TlsServer::context(CertificateFlaw flaw) {
    if (flaw == CertificateFlaw::None) {
        return m_good;
    }
    const std::lock_guard lock{m_mutex};
    TlsContext& context = m_wrong[flaw];
    if (context == nullptr) {
        const bool known = m_authority != nullptr && flaw != CertificateFlaw::UnknownIssuer;
        const Identity stranger = known ? Identity{} : makeAuthority();
        const std::string names = flaw == CertificateFlaw::OtherHost ? "DNS:kms.other.invalid" : namesFor(m_host);
        const Life life = flaw == CertificateFlaw::Expired ? Life{.from = -30, .to = -1} : Life{};
        context = contextOf(issue(known ? m_authority->root : stranger, names, life));
    }
    return context;
}

}  // namespace keyconvoy::kms::simulator
