#include "kmsclient/tls_evidence.h"

#include "core/bytes.h"
#include "core/c_handle.h"
#include "kmsclient/amazon_roots.h"

#include <algorithm>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace keyconvoy::kms {

namespace {

/// DER through one of OpenSSL's i2d functions.
template <class Object, class Encode>
Bytes toDer(Object* object, Encode encode) {
    unsigned char* data = nullptr;
    const int length = encode(object, &data);
    if (length <= 0) {
        return {};
    }
    Bytes der(data, data + length);
    OPENSSL_free(data);
    return der;
}

std::string subjectOf(X509* certificate) {
    const CHandle<BIO, BIO_free_all> output{BIO_new(BIO_s_mem())};
    if (!output || X509_NAME_print_ex(output.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0) {
        return {};
    }
    char* data = nullptr;
    const long length = BIO_get_mem_data(output.get(), &data);
    return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string{};
}

}  // namespace

std::optional<TlsEvidence> readTlsEvidence(const ssl_st* connection) {
    const STACK_OF(X509)* chain = SSL_get0_verified_chain(connection);
    if (chain == nullptr || sk_X509_num(chain) == 0 || SSL_get_verify_result(connection) != X509_V_OK) {
        return std::nullopt;
    }
    X509* leaf = sk_X509_value(chain, 0);
    X509* root = sk_X509_value(chain, sk_X509_num(chain) - 1);
    const Bytes leafDer = toDer(leaf, i2d_X509);
    const Bytes rootKeyDer = toDer(X509_get_X509_PUBKEY(root), i2d_X509_PUBKEY);
    if (leafDer.empty() || rootKeyDer.empty()) {
        return std::nullopt;
    }
    TlsEvidence evidence;
    evidence.leafSha256 = Fingerprint::of(leafDer);
    evidence.rootKeySha256 = Fingerprint::of(rootKeyDer);
    evidence.rootSubject = subjectOf(root);
    evidence.amazonRoot = isAmazonRoot(evidence.rootKeySha256);
    return evidence;
}

bool isAmazonRoot(const Fingerprint& rootKeySha256) {
    return std::ranges::find(amazonRoots, rootKeySha256.hex(), &AmazonRoot::keySha256) != amazonRoots.end();
}

}  // namespace keyconvoy::kms
