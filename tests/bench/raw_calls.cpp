#include "tests/bench/raw_calls.h"

#include <cstring>
#include <openssl/rand.h>
#include <stdexcept>

namespace keyconvoy::bench {

namespace {

void check(CK_RV code) {
    if (code != CKR_OK) {
        throw std::runtime_error{"a raw Cryptoki call failed: " + std::to_string(code)};
    }
}

template <class Value>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, Value& value) {
    return {type, &value, sizeof value};
}

constexpr std::array<CK_ATTRIBUTE_TYPE, 25> allTypes{CKA_CLASS,
                                                     CKA_KEY_TYPE,
                                                     CKA_LABEL,
                                                     CKA_ID,
                                                     CKA_TOKEN,
                                                     CKA_PRIVATE,
                                                     CKA_MODIFIABLE,
                                                     CKA_LOCAL,
                                                     CKA_DERIVE,
                                                     CKA_KEY_GEN_MECHANISM,
                                                     CKA_COPYABLE,
                                                     CKA_DESTROYABLE,
                                                     CKA_SENSITIVE,
                                                     CKA_ALWAYS_SENSITIVE,
                                                     CKA_EXTRACTABLE,
                                                     CKA_NEVER_EXTRACTABLE,
                                                     CKA_WRAP_WITH_TRUSTED,
                                                     CKA_ENCRYPT,
                                                     CKA_DECRYPT,
                                                     CKA_SIGN,
                                                     CKA_VERIFY,
                                                     CKA_WRAP,
                                                     CKA_UNWRAP,
                                                     CKA_VALUE_LEN,
                                                     CKA_TRUSTED};

CK_BBOOL yes = CK_TRUE;
CK_BBOOL no = CK_FALSE;

}  // namespace

RawCalls::RawCalls(const CK_FUNCTION_LIST& functions, CK_SLOT_ID slot, pkcs11::RsaPublicKey wrappingKey)
    : m_functions{functions}, m_slot{slot}, m_wrappingKey{std::move(wrappingKey)} {
    check(m_functions.C_OpenSession(m_slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &m_session));
}

RawCalls::~RawCalls() {
    m_functions.C_CloseSession(m_session);
}

void RawCalls::askTokenInfo() {
    CK_TOKEN_INFO info{};
    check(m_functions.C_GetTokenInfo(m_slot, &info));
}

void RawCalls::search(std::span<CK_ATTRIBUTE> wanted) {
    std::array<CK_OBJECT_HANDLE, 256> found{};
    CK_ULONG count = 0;
    check(m_functions.C_FindObjectsInit(m_session, wanted.data(), wanted.size()));
    check(m_functions.C_FindObjects(m_session, found.data(), found.size(), &count));
    check(m_functions.C_FindObjectsFinal(m_session));
}

void RawCalls::checkFree() {
    CK_ATTRIBUTE label{CKA_LABEL, m_label.data(), m_label.size()};
    search({&label, 1});
    CK_ATTRIBUTE id{CKA_ID, m_id.data(), m_id.size()};
    search({&id, 1});
}

CK_OBJECT_HANDLE RawCalls::generate() {
    CK_OBJECT_CLASS objectClass = CKO_SECRET_KEY;
    CK_KEY_TYPE keyType = CKK_AES;
    CK_ULONG length = 32;
    std::array<CK_ATTRIBUTE, 17> wanted{attribute(CKA_CLASS, objectClass),
                                        attribute(CKA_KEY_TYPE, keyType),
                                        attribute(CKA_TOKEN, no),
                                        attribute(CKA_PRIVATE, yes),
                                        attribute(CKA_SENSITIVE, yes),
                                        attribute(CKA_MODIFIABLE, yes),
                                        attribute(CKA_EXTRACTABLE, yes),
                                        attribute(CKA_ENCRYPT, yes),
                                        attribute(CKA_SIGN, yes),
                                        attribute(CKA_WRAP, no),
                                        attribute(CKA_UNWRAP, no),
                                        attribute(CKA_DECRYPT, no),
                                        attribute(CKA_VERIFY, no),
                                        attribute(CKA_DERIVE, no),
                                        CK_ATTRIBUTE{CKA_LABEL, m_label.data(), m_label.size()},
                                        CK_ATTRIBUTE{CKA_ID, m_id.data(), m_id.size()},
                                        attribute(CKA_VALUE_LEN, length)};
    CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    check(m_functions.C_GenerateKey(m_session, &mechanism, wanted.data(), wanted.size(), &key));
    return key;
}

template <std::size_t Count>
void RawCalls::read(CK_OBJECT_HANDLE object, const std::array<CK_ATTRIBUTE_TYPE, Count>& types) {
    std::array<CK_ATTRIBUTE, Count> wanted{};
    for (std::size_t i = 0; i < Count; ++i) {
        wanted.at(i) = {types.at(i), m_values.at(i).data(), m_values.at(i).size()};
    }
    const CK_RV code = m_functions.C_GetAttributeValue(m_session, object, wanted.data(), wanted.size());
    if (code != CKR_ATTRIBUTE_TYPE_INVALID && code != CKR_ATTRIBUTE_SENSITIVE) {
        check(code);
    }
}

void RawCalls::checkValue(CK_OBJECT_HANDLE key) {
    std::array<unsigned char, 16> zeros{};
    std::array<unsigned char, 64> mac{};
    CK_ULONG length = mac.size();
    CK_MECHANISM mechanism{CKM_AES_CMAC, nullptr, 0};
    check(m_functions.C_SignInit(m_session, &mechanism, key));
    check(m_functions.C_Sign(m_session, zeros.data(), zeros.size(), mac.data(), &length));
}

CK_OBJECT_HANDLE RawCalls::createPublicKey() {
    CK_OBJECT_CLASS objectClass = CKO_PUBLIC_KEY;
    CK_KEY_TYPE keyType = CKK_RSA;
    std::array<CK_ATTRIBUTE, 9> wanted{
        attribute(CKA_CLASS, objectClass),
        attribute(CKA_KEY_TYPE, keyType),
        attribute(CKA_TOKEN, no),
        attribute(CKA_PRIVATE, no),
        attribute(CKA_WRAP, yes),
        attribute(CKA_ENCRYPT, no),
        attribute(CKA_VERIFY, no),
        CK_ATTRIBUTE{CKA_MODULUS, m_wrappingKey.modulus.data(), m_wrappingKey.modulus.size()},
        CK_ATTRIBUTE{CKA_PUBLIC_EXPONENT, m_wrappingKey.exponent.data(), m_wrappingKey.exponent.size()}};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    check(m_functions.C_CreateObject(m_session, wanted.data(), wanted.size(), &key));
    return key;
}

Bytes RawCalls::wrap(CK_OBJECT_HANDLE key) {
    const CK_OBJECT_HANDLE publicKey = createPublicKey();
    read(key, std::array<CK_ATTRIBUTE_TYPE, 2>{CKA_EXTRACTABLE, CKA_WRAP_WITH_TRUSTED});
    read(publicKey, std::array<CK_ATTRIBUTE_TYPE, 2>{CKA_MODULUS, CKA_PUBLIC_EXPONENT});
    CK_RSA_PKCS_OAEP_PARAMS parameters{CKM_SHA_1, CKG_MGF1_SHA1, CKZ_DATA_SPECIFIED, nullptr, 0};
    CK_MECHANISM mechanism{CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters};
    Bytes blob(m_wrappingKey.modulus.size());
    CK_ULONG length = blob.size();
    check(m_functions.C_WrapKey(m_session, &mechanism, publicKey, key, blob.data(), &length));
    check(m_functions.C_DestroyObject(m_session, publicKey));
    return blob;
}

void RawCalls::destroy(CK_OBJECT_HANDLE key) {
    askTokenInfo();
    read(key, std::array<CK_ATTRIBUTE_TYPE, 2>{CKA_CLASS, CKA_ID});
    check(m_functions.C_DestroyObject(m_session, key));
    CK_OBJECT_CLASS objectClass = CKO_SECRET_KEY;
    std::array<CK_ATTRIBUTE, 2> gone{attribute(CKA_CLASS, objectClass), CK_ATTRIBUTE{CKA_ID, m_id.data(), m_id.size()}};
    search(gone);
}

Bytes RawCalls::run() {
    m_label = "raw-" + std::to_string(++m_runs);
    askTokenInfo();
    askTokenInfo();
    RAND_bytes(m_id.data(), static_cast<int>(m_id.size()));
    checkFree();
    const CK_OBJECT_HANDLE key = generate();
    read(key, allTypes);
    read(key, std::array<CK_ATTRIBUTE_TYPE, 1>{CKA_CLASS});
    read(key, std::array<CK_ATTRIBUTE_TYPE, 4>{CKA_KEY_TYPE, CKA_VALUE_LEN, CKA_SIGN, CKA_ENCRYPT});
    checkValue(key);
    askTokenInfo();
    read(key, std::array<CK_ATTRIBUTE_TYPE, 2>{CKA_CLASS, CKA_KEY_TYPE});
    read(key, allTypes);
    askTokenInfo();
    Bytes blob = wrap(key);
    destroy(key);
    return blob;
}

}  // namespace keyconvoy::bench
