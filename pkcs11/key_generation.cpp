#include "pkcs11/key_generation.h"

#include "core/hex.h"
#include "pkcs11/in_words.h"
#include "pkcs11/key_description.h"
#include "pkcs11/mechanisms.h"
#include "pkcs11/read_back.h"

#include <openssl/rand.h>
#include <utility>

namespace keyconvoy::pkcs11 {

namespace {

constexpr std::size_t idBytes = 16;

struct Handles {
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE publicKey = CK_INVALID_HANDLE;
};

Handles generate(const Session& session, KeyTemplates& templates) {
    CK_MECHANISM mechanism{templates.mechanism, nullptr, 0};
    Handles made;
    const auto& functions = session.functions();
    if (templates.publicKey) {
        session.check(
            functions.C_GenerateKeyPair(session.handle(), &mechanism, templates.publicKey->data(), templates.publicKey->size(),
                                        templates.key.data(), templates.key.size(), &made.publicKey, &made.key),
            "C_GenerateKeyPair");
    } else {
        session.check(
            functions.C_GenerateKey(session.handle(), &mechanism, templates.key.data(), templates.key.size(), &made.key),
            "C_GenerateKey");
    }
    return made;
}

CK_ULONG numberIn(const AttributeTemplate& attributes, CK_ATTRIBUTE_TYPE type) {
    for (const CK_ATTRIBUTE& attribute : attributes.view()) {
        if (attribute.type == type) {
            return *static_cast<const CK_ULONG*>(attribute.pValue);
        }
    }
    return ckUnavailable;
}

AttributeValues readBack(const Session& session, CK_OBJECT_HANDLE key, const AttributeTemplate& asked) {
    return readKeyAttributes(session, key, numberIn(asked, CKA_CLASS), numberIn(asked, CKA_KEY_TYPE), asked.view());
}

void checkNoneHas(const Session& session, AttributeTemplate& what, Text cause) {
    const auto found = findObjects(session, what);
    if (found.empty()) {
        return;
    }
    const ObjectSummary taken = summarise(session, found.front());
    throw Error{ErrorKind::Refused, KC_TEXT("KeyGeneration", "token \"%1\"").with(session.tokenLabel()),
                std::move(cause)
                    .with(taken.typeName.empty() ? KC_TEXT("KeyGeneration", "an object") : typeInWords(taken.typeName))
                    .with(toHex(taken.id)),
                KC_TEXT("KeyGeneration", "choose another label, or remove that object if it is no longer needed")};
}

}  // namespace

Bytes randomKeyId() {
    Bytes id(idBytes);
    if (RAND_bytes(id.data(), static_cast<int>(id.size())) != 1) {
        throw CryptoError{"RAND_bytes"};
    }
    return id;
}

void checkNameIsFree(const Session& session, const std::string& label, const Bytes& id) {
    AttributeTemplate byLabel;
    byLabel.add(CKA_LABEL, std::string_view{label});
    checkNoneHas(session, byLabel, KC_TEXT("KeyGeneration", "the label \"%1\" is taken already, by %2 with ID %3").with(label));
    AttributeTemplate byId;
    byId.add(CKA_ID, ByteView{id});
    checkNoneHas(session, byId, KC_TEXT("KeyGeneration", "the ID %1 is taken already, by %2 with ID %3").with(toHex(id)));
}

MadeKey generateKey(const Session& session, const CK_TOKEN_INFO& token, const Quirks& quirks, KeyTemplates templates) {
    const Handles handles = generate(session, templates);
    MadeKey made{.key = ObjectGuard{session, handles.key}, .publicKey = std::nullopt, .description = {}, .findings = {}};
    if (templates.publicKey) {
        made.publicKey.emplace(session, handles.publicKey);
        checkReadBack(session, readBack(session, handles.publicKey, *templates.publicKey), templates.publicKey->view(),
                      made.findings);
    }
    const AttributeValues values = readBack(session, handles.key, templates.key);
    checkReadBack(session, values, templates.key.view(), made.findings);
    checkOriginAttributes(session, values, templates.mechanism, quirks, made.findings);
    made.description = toDescription(values, token);
    return made;
}

MadeKey generateKey(const Session& session, const CK_TOKEN_INFO& token, const Quirks& quirks, const KeyPlan& plan) {
    return generateKey(session, token, quirks, generationTemplates(plan));
}

ObjectGuard generateWrappingAesKey(const Session& session) {
    KeyTemplates templates{.mechanism = CKM_AES_KEY_GEN, .key = wrappingAesTemplate(), .publicKey = std::nullopt};
    ObjectGuard key{session, generate(session, templates).key};
    Findings notKept;
    checkReadBack(session, readBack(session, key.get(), templates.key), templates.key.view(), notKept);
    return key;
}

}  // namespace keyconvoy::pkcs11
