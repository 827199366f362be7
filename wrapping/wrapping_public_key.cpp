#include "wrapping/wrapping_public_key.h"

#include "core/c_handle.h"

#include <algorithm>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <optional>
#include <string>

namespace keyconvoy::wrapping {

namespace {

using PublicKeyInfoPtr = CHandle<X509_PUBKEY, X509_PUBKEY_free>;
using PkeyPtr = CHandle<EVP_PKEY, EVP_PKEY_free>;
using NumberPtr = CHandle<BIGNUM, BN_free>;

constexpr std::size_t longestKnownDer = 550;      // RSA_4096 with a three-byte exponent
constexpr std::size_t longestSensibleDer = 4096;  // beyond it nothing is parsed
constexpr int longestExponentBits = 256;          // NIST FIPS 186-5, A.1.1: 2^16 < e < 2^256

/// Says at one place what is wrong.
class Refuser {
public:
    explicit Refuser(const Text& place) : m_place{place} {}
    [[noreturn]] void refuse(Text cause) const {
        throw Error{ErrorKind::InvalidInput, m_place, std::move(cause),
                    KC_TEXT("WrappingPublicKey",
                            "give the PublicKey of a GetParametersForImport reply: a DER SubjectPublicKeyInfo with an "
                            "RSA key of 2048, 3072 or 4096 bits, decoded from Base64")};
    }

private:
    const Text& m_place;
};

/// Octets of the outermost TLV as its header claims them (X.690, 8.1.3); absent when the header itself is cut off or indefinite.
std::optional<std::size_t> claimedLength(ByteView der) {
    if (der.size() < 2) {
        return std::nullopt;
    }
    const std::size_t first = der[1];
    if (first < 0x80) {
        return first + 2;
    }
    const std::size_t lengthOctets = first & 0x7FU;
    if (lengthOctets == 0 || lengthOctets > 4 || der.size() < 2 + lengthOctets) {
        return std::nullopt;
    }
    std::size_t length = 0;
    for (std::size_t i = 0; i < lengthOctets; ++i) {
        length = (length << 8U) | der[2 + i];
    }
    return length + 2 + lengthOctets;
}

void checkFrame(ByteView der, const Refuser& refuser) {
    if (der.empty()) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "it is empty"));
    }
    if (der.size() > longestSensibleDer) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "it has %1 bytes; a wrapping public key has at most %2")
                           .with(der.size())
                           .with(longestKnownDer));
    }
    if (asText(der).starts_with("-----") || asText(der).starts_with("MII")) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "it is text (PEM or Base64), not DER"));
    }
    if (der[0] != 0x30) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "it is no DER SubjectPublicKeyInfo: it does not begin with a SEQUENCE"));
    }
    const auto claimed = claimedLength(der);
    if (!claimed) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "it is truncated: it ends inside the header that tells its length"));
    }
    if (*claimed > der.size()) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "it is truncated: it ends at byte %1, its DER header announces %2")
                           .with(der.size())
                           .with(*claimed));
    }
    if (*claimed < der.size()) {
        const std::size_t more = der.size() - *claimed;
        refuser.refuse(more == 1 ? KC_TEXT("WrappingPublicKey", "1 byte follows its end")
                                 : KC_TEXT("WrappingPublicKey", "%1 bytes follow its end").with(more));
    }
}

/// rsaEncryption with NULL parameters (RFC 3279, 2.3.1), and nothing else.
void checkAlgorithm(const X509_PUBKEY& info, const Refuser& refuser) {
    X509_ALGOR* algorithm = nullptr;
    X509_PUBKEY_get0_param(nullptr, nullptr, nullptr, &algorithm, &info);
    const ASN1_OBJECT* object = nullptr;
    int parameterType = V_ASN1_UNDEF;
    X509_ALGOR_get0(&object, &parameterType, nullptr, algorithm);
    const int nid = OBJ_obj2nid(object);
    if (nid != NID_rsaEncryption) {
        const char* name = nid == NID_undef ? "an unknown algorithm" : OBJ_nid2ln(nid);
        refuser.refuse(KC_TEXT("WrappingPublicKey", "it is not an RSA key (rsaEncryption): its algorithm is %1").with(name));
    }
    if (parameterType != V_ASN1_NULL) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "its rsaEncryption parameters are not NULL"));
    }
}

void freeEncoding(unsigned char* encoding) {
    OPENSSL_free(encoding);
}

/// Encoding what was decoded must give the same bytes: no trailing bytes at any level, no second way to write a number.
void checkCanonical(const EVP_PKEY& key, ByteView der, const Refuser& refuser) {
    unsigned char* encoded = nullptr;
    const int length = i2d_PUBKEY(&key, &encoded);
    const CHandle<unsigned char, freeEncoding> owner{encoded};
    if (length < 0) {
        throw CryptoError{"i2d_PUBKEY"};
    }
    if (!std::ranges::equal(ByteView{encoded, static_cast<std::size_t>(length)}, der)) {
        refuser.refuse(KC_TEXT("WrappingPublicKey",
                               "it is not in canonical DER: its RSAPublicKey has bytes too many or numbers written oddly"));
    }
}

NumberPtr numberOf(const EVP_PKEY& key, const char* name) {
    BIGNUM* number = nullptr;
    if (EVP_PKEY_get_bn_param(&key, name, &number) != 1) {
        throw CryptoError{"EVP_PKEY_get_bn_param"};
    }
    return NumberPtr{number};
}

Bytes octetsOf(const BIGNUM& number) {
    Bytes octets(static_cast<std::size_t>(BN_num_bytes(&number)));
    BN_bn2bin(&number, octets.data());
    return octets;
}

WrappingKeySpec checkedSpec(const BIGNUM& modulus, const BIGNUM& exponent, const Refuser& refuser) {
    const int bits = BN_num_bits(&modulus);
    if (bits != 2048 && bits != 3072 && bits != 4096) {
        refuser.refuse(
            KC_TEXT("WrappingPublicKey", "its RSA modulus has %1 bits; KMS gives 2048, 3072 or 4096").with(std::to_string(bits)));
    }
    if (BN_is_odd(&modulus) == 0) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "its RSA modulus is even"));
    }
    if (BN_is_odd(&exponent) == 0) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "its public exponent is even"));
    }
    if (BN_num_bits(&exponent) <= 16 || BN_num_bits(&exponent) > longestExponentBits) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "its public exponent has %1 bits; 17 (65537) to 256 are sensible")
                           .with(std::to_string(BN_num_bits(&exponent))));
    }
    return bits == 2048 ? WrappingKeySpec::Rsa2048 : bits == 3072 ? WrappingKeySpec::Rsa3072 : WrappingKeySpec::Rsa4096;
}

/// d2i_* leave their complaints in this thread's queue, where the next CryptoError would report them as its own.
struct OpensslErrorsCleared {
    OpensslErrorsCleared() { ERR_clear_error(); }
    OpensslErrorsCleared(const OpensslErrorsCleared&) = delete;
    OpensslErrorsCleared& operator=(const OpensslErrorsCleared&) = delete;
    ~OpensslErrorsCleared() { ERR_clear_error(); }
};

}  // namespace

WrappingPublicKey WrappingPublicKey::fromDer(ByteView der, const Text& place) {
    const OpensslErrorsCleared cleared;
    const Refuser refuser{place};
    checkFrame(der, refuser);

    const unsigned char* position = der.data();
    const PublicKeyInfoPtr info{d2i_X509_PUBKEY(nullptr, &position, static_cast<long>(der.size()))};
    if (info == nullptr) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "it is no DER SubjectPublicKeyInfo"));
    }
    checkAlgorithm(*info, refuser);
    const EVP_PKEY* key = X509_PUBKEY_get0(info.get());
    if (key == nullptr) {
        refuser.refuse(KC_TEXT("WrappingPublicKey", "its RSA public key cannot be decoded"));
    }
    checkCanonical(*key, der, refuser);

    const NumberPtr modulus = numberOf(*key, OSSL_PKEY_PARAM_RSA_N);
    const NumberPtr exponent = numberOf(*key, OSSL_PKEY_PARAM_RSA_E);
    WrappingPublicKey result;
    result.m_spec = checkedSpec(*modulus, *exponent, refuser);
    result.m_der.assign(der.begin(), der.end());
    result.m_rsa = {.modulus = octetsOf(*modulus), .exponent = octetsOf(*exponent)};
    return result;
}

}  // namespace keyconvoy::wrapping
