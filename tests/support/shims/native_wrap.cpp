#include "tests/support/shims/native_wrap.h"

#include "tests/support/shims/options.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace keyconvoy::shim {

namespace {

using Octets = std::vector<unsigned char>;

CK_RV generateAesKey(CK_SESSION_HANDLE session, CK_ULONG bits, CK_OBJECT_HANDLE* key) {
    CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_ULONG bytes = bits / 8;
    CK_ATTRIBUTE attributes[] = {
        {CKA_TOKEN, &no, 1},   {CKA_SENSITIVE, &yes, 1}, {CKA_EXTRACTABLE, &yes, 1},           {CKA_WRAP, &yes, 1},
        {CKA_ENCRYPT, &no, 1}, {CKA_DECRYPT, &no, 1},    {CKA_VALUE_LEN, &bytes, sizeof bytes}};
    return state().real.C_GenerateKey(session, &mechanism, attributes, std::size(attributes), key);
}

CK_RV wrap(CK_SESSION_HANDLE session, CK_MECHANISM mechanism, CK_OBJECT_HANDLE key, CK_OBJECT_HANDLE target, Octets& blob) {
    blob.resize(8192);
    CK_ULONG length = blob.size();
    const CK_RV code = state().real.C_WrapKey(session, &mechanism, key, target, blob.data(), &length);
    blob.resize(code == CKR_OK ? length : 0);
    return code;
}

Octets joined(const Octets& c1, Octets c2) {
    const Options& options = state().options;
    if (options.is("native", "short")) {
        c2.resize(c2.size() - 8);
    }
    const bool swapped = options.is("native", "swapped");
    Octets blob = swapped ? c2 : c1;
    const Octets& rest = swapped ? c1 : c2;
    blob.insert(blob.end(), rest.begin(), rest.end());
    return blob;
}

}  // namespace

CK_RSA_PKCS_OAEP_PARAMS withSha1(const CK_RSA_PKCS_OAEP_PARAMS& parameters) {
    CK_RSA_PKCS_OAEP_PARAMS changed = parameters;
    changed.hashAlg = CKM_SHA_1;
    changed.mgf = CKG_MGF1_SHA1;
    return changed;
}

CK_RV wrapNatively(CK_SESSION_HANDLE session, const CK_MECHANISM& mechanism, CK_OBJECT_HANDLE wrappingKey,
                   CK_OBJECT_HANDLE target, unsigned char* blob, CK_ULONG* length) {
    const auto& parameters = *static_cast<const pkcs11::CkRsaAesKeyWrapParams*>(mechanism.pParameter);
    const Options& options = state().options;
    CK_RSA_PKCS_OAEP_PARAMS oaep = options.is("native", "sha1") ? withSha1(*parameters.pOaepParams) : *parameters.pOaepParams;
    const CK_MECHANISM_TYPE inner = options.is("native", "pkcs7") ? CKM_AES_KEY_WRAP_PAD : pkcs11::ckmAesKeyWrapKwp;
    CK_OBJECT_HANDLE aesKey = CK_INVALID_HANDLE;
    CK_RV code = generateAesKey(session, parameters.ulAesKeyBits, &aesKey);
    if (code != CKR_OK) {
        return code;
    }
    Octets c1;
    Octets c2;
    code = wrap(session, {inner, nullptr, 0}, aesKey, target, c2);
    if (code == CKR_OK) {
        code = wrap(session, {CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep}, wrappingKey, aesKey, c1);
    }
    state().real.C_DestroyObject(session, aesKey);
    if (code != CKR_OK) {
        return code;
    }
    const Octets whole = joined(c1, std::move(c2));
    if (*length < whole.size()) {
        return CKR_BUFFER_TOO_SMALL;
    }
    std::ranges::copy(whole, blob);
    *length = whole.size();
    return CKR_OK;
}

}  // namespace keyconvoy::shim
