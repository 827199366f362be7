#include "tests/support/shims/bend.h"

#include "tests/support/shims/native_wrap.h"
#include "tests/support/shims/options.h"
#include "tests/support/shims/record.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace keyconvoy::shim {

namespace {

using Session = CK_SESSION_HANDLE;
using Object = CK_OBJECT_HANDLE;

const CK_FUNCTION_LIST& real() {
    return state().real;
}

/// The code of a `fail=` rule, or what the real function gives.
template <class Call>
CK_RV unlessItShallFail(std::string_view function, Call call) {
    const auto code = failure(function);
    return code ? *code : call();
}

bool isMissing(CK_MECHANISM_TYPE type) {
    return state().options.holds("no-mechanism", type);
}

// ------------------------------------------------------------------------------------------------------------ the token

void pad(unsigned char* field, std::size_t size, const std::string& text) {
    std::fill_n(field, size, static_cast<unsigned char>(' '));
    std::copy_n(text.begin(), std::min(size, text.size()), field);
}

CK_FLAGS pinFlags(std::string_view option, CK_FLAGS low, CK_FLAGS last, CK_FLAGS locked) {
    const auto value = state().options.value(option);
    return value == "count-low" ? low : value == "final-try" ? low | last : value == "locked" ? locked : 0;
}

void bendToken(CK_TOKEN_INFO& info) {
    const Options& options = state().options;
    info.flags |= pinFlags("user-pin", CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_LOCKED);
    info.flags |= pinFlags("so-pin", CKF_SO_PIN_COUNT_LOW, CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED);
    if (options.value("pin-pad")) {
        info.flags |= CKF_PROTECTED_AUTHENTICATION_PATH;
    }
    if (const auto label = options.value("label"); label && (info.flags & CKF_TOKEN_INITIALIZED) != 0) {
        pad(info.label, sizeof info.label, *label);
    }
    const int from = std::stoi(options.value("serial-from").value_or("0"));
    if (const auto serial = options.value("serial"); serial && state().calls["C_GetTokenInfo"] >= from) {
        pad(info.serialNumber, sizeof info.serialNumber, *serial);
    }
}

CK_RV getTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
    const CK_RV code = unlessItShallFail("C_GetTokenInfo", [&] { return real().C_GetTokenInfo(slot, info); });
    if (code == CKR_OK) {
        bendToken(*info);
    }
    return code;
}

constexpr std::array<CK_MECHANISM_TYPE, 14> everything{CKM_RSA_PKCS_KEY_PAIR_GEN,
                                                       CKM_RSA_PKCS_OAEP,
                                                       CKM_AES_KEY_GEN,
                                                       CKM_AES_KEY_WRAP,
                                                       CKM_AES_KEY_WRAP_PAD,
                                                       pkcs11::ckmAesKeyWrapKwp,
                                                       CKM_RSA_AES_KEY_WRAP,
                                                       CKM_EC_KEY_PAIR_GEN,
                                                       CKM_GENERIC_SECRET_KEY_GEN,
                                                       CKM_EC_EDWARDS_KEY_PAIR_GEN,
                                                       CKM_AES_CMAC,
                                                       CKM_SHA256_HMAC,
                                                       CKM_ECDSA,
                                                       CKM_RSA_PKCS_PSS};

std::vector<CK_MECHANISM_TYPE> listedMechanisms(CK_SLOT_ID slot) {
    const Options& options = state().options;
    if (options.is("mechanisms", "everything")) {
        return {everything.begin(), everything.end()};
    }
    CK_ULONG count = 0;
    std::vector<CK_MECHANISM_TYPE> listed;
    if (!options.is("mechanisms", "nothing") && real().C_GetMechanismList(slot, nullptr, &count) == CKR_OK) {
        listed.resize(count);
        real().C_GetMechanismList(slot, listed.data(), &count);
        listed.resize(count);
        if (options.value("native")) {
            listed.push_back(CKM_RSA_AES_KEY_WRAP);
        }
    }
    return listed;
}

CK_RV getMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE* list, CK_ULONG* count) {
    if (const auto code = failure("C_GetMechanismList")) {
        return *code;
    }
    const std::vector<CK_MECHANISM_TYPE> listed = listedMechanisms(slot);
    const bool tooSmall = list != nullptr && *count < listed.size();
    if (list != nullptr && !tooSmall) {
        std::ranges::copy(listed, list);
    }
    *count = listed.size();
    return tooSmall ? CKR_BUFFER_TOO_SMALL : CKR_OK;
}

CK_RV getMechanismInfo(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO* info) {
    if (const auto code = failure("C_GetMechanismInfo")) {
        return *code;
    }
    if (state().options.is("mechanisms", "everything")) {
        *info = {.ulMinKeySize = 0, .ulMaxKeySize = 1U << 20U, .flags = CKF_WRAP | CKF_UNWRAP | CKF_GENERATE | CKF_SIGN};
        return CKR_OK;
    }
    return state().options.is("mechanisms", "nothing") ? CK_RV{CKR_MECHANISM_INVALID}
                                                       : real().C_GetMechanismInfo(slot, type, info);
}

// ---------------------------------------------------------------------------------------------------- sessions and login

unsigned char* octetsOf(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

CK_RV openSession(CK_SLOT_ID slot, CK_FLAGS flags, void* application, CK_NOTIFY notify, Session* session) {
    const CK_RV code =
        unlessItShallFail("C_OpenSession", [&] { return real().C_OpenSession(slot, flags, application, notify, session); });
    if (auto pin = state().options.value("logged-in"); code == CKR_OK && pin) {
        real().C_Login(*session, CKU_USER, octetsOf(*pin), pin->size());
    }
    return code;
}

CK_RV loginAtPad(Session session, CK_USER_TYPE user) {
    std::string pin = *state().options.value("pin-pad");
    return pin == "cancel" ? CK_RV{CKR_FUNCTION_CANCELED} : real().C_Login(session, user, octetsOf(pin), pin.size());
}

CK_RV login(Session session, CK_USER_TYPE user, unsigned char* pin, CK_ULONG length) {
    const bool atPad = pin == nullptr && state().options.value("pin-pad").has_value();
    const CK_RV code = unlessItShallFail(
        "C_Login", [&] { return atPad ? loginAtPad(session, user) : real().C_Login(session, user, pin, length); });
    record("C_Login", code, {{"user", number(user)}, {"nullPin", pin == nullptr ? "true" : "false"}});
    return code;
}

// --------------------------------------------------------------------------------------------------------------- objects

std::string octetsFromHex(const std::string& digits) {
    std::string octets;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        octets += static_cast<char>(fromHexNumber(digits.substr(i, 2)));
    }
    return octets;
}

/// Whether this attribute type is missing on the bent token.
bool hide(CK_ATTRIBUTE& attribute) {
    if (!state().options.holds("missing", attribute.type)) {
        return false;
    }
    attribute.ulValueLen = ~CK_ULONG{0};
    return true;
}

void lieAbout(CK_ATTRIBUTE& attribute) {
    for (const std::string& rule : state().options.list("lie")) {
        const auto parts = split(rule, ':');
        if (parts.size() != 2 || fromHexNumber(parts[0]) != attribute.type) {
            continue;
        }
        const std::string value = octetsFromHex(parts[1]);
        if (attribute.pValue != nullptr && attribute.ulValueLen >= value.size()) {
            std::memcpy(attribute.pValue, value.data(), value.size());
        }
        attribute.ulValueLen = value.size();
    }
}

CK_RV getAttributeValue(Session session, Object object, CK_ATTRIBUTE* attributes, CK_ULONG count) {
    CK_RV code =
        unlessItShallFail("C_GetAttributeValue", [&] { return real().C_GetAttributeValue(session, object, attributes, count); });
    record("C_GetAttributeValue", code, {{"object", number(object)}, {"types", types(attributes, count)}});
    for (CK_ULONG i = 0; i < count; ++i) {
        lieAbout(attributes[i]);
        code = hide(attributes[i]) ? CKR_ATTRIBUTE_TYPE_INVALID : code;
    }
    return code;
}

CK_RV setAttributeValue(Session session, Object object, CK_ATTRIBUTE* attributes, CK_ULONG count) {
    const CK_RV code =
        unlessItShallFail("C_SetAttributeValue", [&] { return real().C_SetAttributeValue(session, object, attributes, count); });
    record("C_SetAttributeValue", code, {{"object", number(object)}, {"types", types(attributes, count)}});
    return code;
}

CK_RV createObject(Session session, CK_ATTRIBUTE* attributes, CK_ULONG count, Object* object) {
    const CK_RV code =
        unlessItShallFail("C_CreateObject", [&] { return real().C_CreateObject(session, attributes, count, object); });
    record("C_CreateObject", code,
           {{"object", number(code == CKR_OK ? *object : 0)},
            {"class", numberIn(attributes, count, CKA_CLASS)},
            {"types", types(attributes, count)},
            {"modulus", code == CKR_OK ? modulusOf(session, *object) : "\"\""}});
    return code;
}

CK_RV copyObject(Session session, Object object, CK_ATTRIBUTE* attributes, CK_ULONG count, Object* copy) {
    const CK_RV code =
        unlessItShallFail("C_CopyObject", [&] { return real().C_CopyObject(session, object, attributes, count, copy); });
    record("C_CopyObject", code, {{"object", number(object)}, {"copy", number(code == CKR_OK ? *copy : 0)}});
    return code;
}

CK_RV destroyObject(Session session, Object object) {
    const CK_RV code = unlessItShallFail("C_DestroyObject", [&] { return real().C_DestroyObject(session, object); });
    record("C_DestroyObject", code, {{"object", number(object)}});
    return code;
}

CK_RV findObjects(Session session, Object* objects, CK_ULONG room, CK_ULONG* count) {
    return unlessItShallFail("C_FindObjects", [&] { return real().C_FindObjects(session, objects, room, count); });
}

// ------------------------------------------------------------------------------------------------------------------ keys

CK_RV generateKey(Session session, CK_MECHANISM* mechanism, CK_ATTRIBUTE* attributes, CK_ULONG count, Object* key) {
    const CK_RV code =
        unlessItShallFail("C_GenerateKey", [&] { return real().C_GenerateKey(session, mechanism, attributes, count, key); });
    record("C_GenerateKey", code,
           {{"mechanism", hexText(mechanism->mechanism)},
            {"key", number(code == CKR_OK ? *key : 0)},
            {"token", numberIn(attributes, count, CKA_TOKEN)},
            {"types", types(attributes, count)}});
    return code;
}

CK_RV generateKeyPair(Session session, CK_MECHANISM* mechanism, CK_ATTRIBUTE* publicPart, CK_ULONG publicCount,
                      CK_ATTRIBUTE* privatePart, CK_ULONG privateCount, Object* publicKey, Object* privateKey) {
    const CK_RV code = unlessItShallFail("C_GenerateKeyPair", [&] {
        return real().C_GenerateKeyPair(session, mechanism, publicPart, publicCount, privatePart, privateCount, publicKey,
                                        privateKey);
    });
    record("C_GenerateKeyPair", code,
           {{"mechanism", hexText(mechanism->mechanism)},
            {"publicKey", number(code == CKR_OK ? *publicKey : 0)},
            {"key", number(code == CKR_OK ? *privateKey : 0)},
            {"token", numberIn(privatePart, privateCount, CKA_TOKEN)}});
    return code;
}

CK_RV wrapReally(Session session, CK_MECHANISM mechanism, Object wrappingKey, Object key, unsigned char* blob, CK_ULONG* length) {
    return real().C_WrapKey(session, &mechanism, wrappingKey, key, blob, length);
}

CK_RV wrapWithBentOaep(Session session, const CK_MECHANISM& mechanism, Object wrappingKey, Object key, unsigned char* blob,
                       CK_ULONG* length) {
    const Options& options = state().options;
    CK_RSA_PKCS_OAEP_PARAMS parameters = *static_cast<const CK_RSA_PKCS_OAEP_PARAMS*>(mechanism.pParameter);
    if (options.is("oaep", "sha1")) {
        parameters = withSha1(parameters);
    }
    if (options.is("oaep", "source-zero")) {
        if (parameters.source != 0) {
            return CKR_ARGUMENTS_BAD;
        }
        parameters.source = CKZ_DATA_SPECIFIED;
    }
    return wrapReally(session, {CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters}, wrappingKey, key, blob, length);
}

CK_RV wrapBent(Session session, const CK_MECHANISM& mechanism, Object wrappingKey, Object key, unsigned char* blob,
               CK_ULONG* length) {
    const Options& options = state().options;
    if (isMissing(mechanism.mechanism)) {
        return CKR_MECHANISM_INVALID;
    }
    if (mechanism.mechanism == CKM_RSA_AES_KEY_WRAP && options.value("native")) {
        return wrapNatively(session, mechanism, wrappingKey, key, blob, length);
    }
    return mechanism.mechanism == CKM_RSA_PKCS_OAEP ? wrapWithBentOaep(session, mechanism, wrappingKey, key, blob, length)
                                                    : wrapReally(session, mechanism, wrappingKey, key, blob, length);
}

CK_RV wrapKey(Session session, CK_MECHANISM* mechanism, Object wrappingKey, Object key, unsigned char* blob, CK_ULONG* length) {
    const CK_RV code =
        unlessItShallFail("C_WrapKey", [&] { return wrapBent(session, *mechanism, wrappingKey, key, blob, length); });
    record("C_WrapKey", code,
           {{"mechanism", hexText(mechanism->mechanism)},
            {"wrappingKey", number(wrappingKey)},
            {"key", number(key)},
            {"modulus", modulusOf(session, wrappingKey)}});
    return code;
}

CK_RV unwrapKey(Session session, CK_MECHANISM* mechanism, Object unwrappingKey, unsigned char* blob, CK_ULONG length,
                CK_ATTRIBUTE* attributes, CK_ULONG count, Object* key) {
    const CK_RV code = unlessItShallFail("C_UnwrapKey", [&] {
        return real().C_UnwrapKey(session, mechanism, unwrappingKey, blob, length, attributes, count, key);
    });
    record("C_UnwrapKey", code,
           {{"mechanism", hexText(mechanism->mechanism)},
            {"unwrappingKey", number(unwrappingKey)},
            {"key", number(code == CKR_OK ? *key : 0)}});
    return code;
}

CK_RV deriveKey(Session session, CK_MECHANISM* mechanism, Object base, CK_ATTRIBUTE* attributes, CK_ULONG count, Object* key) {
    const CK_RV code = real().C_DeriveKey(session, mechanism, base, attributes, count, key);
    record("C_DeriveKey", code, {{"mechanism", hexText(mechanism->mechanism)}, {"key", number(base)}});
    return code;
}

template <class Begin>
CK_RV begin(std::string_view function, Begin realBegin, Session session, CK_MECHANISM* mechanism, Object key) {
    const CK_RV code = isMissing(mechanism->mechanism)
                           ? CK_RV{CKR_MECHANISM_INVALID}
                           : unlessItShallFail(function, [&] { return realBegin(session, mechanism, key); });
    record(function, code, {{"mechanism", hexText(mechanism->mechanism)}, {"key", number(key)}});
    return code;
}

CK_RV encryptInit(Session session, CK_MECHANISM* mechanism, Object key) {
    return begin("C_EncryptInit", real().C_EncryptInit, session, mechanism, key);
}

CK_RV decryptInit(Session session, CK_MECHANISM* mechanism, Object key) {
    return begin("C_DecryptInit", real().C_DecryptInit, session, mechanism, key);
}

CK_RV signInit(Session session, CK_MECHANISM* mechanism, Object key) {
    return begin("C_SignInit", real().C_SignInit, session, mechanism, key);
}

CK_RV digestKey(Session session, Object key) {
    const CK_RV code = real().C_DigestKey(session, key);
    record("C_DigestKey", code, {{"key", number(key)}});
    return code;
}

}  // namespace

void bend(CK_FUNCTION_LIST& list) {
    list.C_GetTokenInfo = &getTokenInfo;
    list.C_GetMechanismList = &getMechanismList;
    list.C_GetMechanismInfo = &getMechanismInfo;
    list.C_OpenSession = &openSession;
    list.C_Login = &login;
    list.C_GetAttributeValue = &getAttributeValue;
    list.C_SetAttributeValue = &setAttributeValue;
    list.C_CreateObject = &createObject;
    list.C_CopyObject = &copyObject;
    list.C_DestroyObject = &destroyObject;
    list.C_FindObjects = &findObjects;
    list.C_GenerateKey = &generateKey;
    list.C_GenerateKeyPair = &generateKeyPair;
    list.C_WrapKey = &wrapKey;
    list.C_UnwrapKey = &unwrapKey;
    list.C_DeriveKey = &deriveKey;
    list.C_EncryptInit = &encryptInit;
    list.C_DecryptInit = &decryptInit;
    list.C_SignInit = &signInit;
    list.C_DigestKey = &digestKey;
}

}  // namespace keyconvoy::shim
