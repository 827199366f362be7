#include "pkcs11/key_search.h"

#include "core/hex.h"
#include "core/text.h"
#include "pkcs11/attributes.h"
#include "pkcs11/in_words.h"
#include "pkcs11/key_description.h"
#include "pkcs11/object.h"
#include "pkcs11/token_uri.h"

#include <algorithm>

namespace keyconvoy::pkcs11 {

namespace {

AttributeTemplate templateFor(const KeySelector& selector) {
    AttributeTemplate what;
    if (selector.label) {
        what.add(CKA_LABEL, std::string_view{selector.label->str()});
    }
    if (selector.id) {
        what.add(CKA_ID, ByteView{*selector.id});
    }
    return what;
}

bool isTarget(std::optional<CK_OBJECT_CLASS> objectClass) {
    return objectClass && (*objectClass == CKO_SECRET_KEY || *objectClass == CKO_PRIVATE_KEY);
}

/// The secret and private keys that match; public objects share label and ID with the private one.
std::vector<CK_OBJECT_HANDLE> findTargets(const Session& session, const KeySelector& selector) {
    AttributeTemplate what = templateFor(selector);
    std::vector<CK_OBJECT_HANDLE> found = findObjects(session, what);
    std::erase_if(found, [&](CK_OBJECT_HANDLE object) {
        const auto objectClass = classOf(session, object);
        return !isTarget(objectClass) || (selector.objectClass && toCryptoki(*selector.objectClass) != objectClass);
    });
    return found;
}

Text keyOnToken(const Session& session, const KeySelector& selector) {
    return KC_TEXT("Token", "key with %1 on token \"%2\"").with(inWords(selector)).with(session.tokenLabel());
}

[[noreturn]] void throwNoSuchKey(const Session& session, const KeySelector& selector, LoginState state) {
    throw Error{
        ErrorKind::NotFound, keyOnToken(session, selector),
        KC_TEXT("Token", "no secret or private key there has this URI or label"),
        state == LoginState::NotLoggedIn
            ? KC_TEXT("Token", "log in first: private keys are not seen before that")
            : KC_TEXT("Token", "check the name; %1 shows each key with its label and URI").with(typedAs("keyconvoy key list"))};
}

[[noreturn]] void throwSeveralKeys(const Session& session, const std::vector<CK_OBJECT_HANDLE>& found,
                                   const KeySelector& selector, const CK_TOKEN_INFO& token) {
    Failure failure;
    failure.kind = ErrorKind::Refused;
    failure.place = keyOnToken(session, selector);
    failure.cause = KC_TEXT("Token", "%1 keys match, and which one is meant is not for this program to guess").with(found.size());
    failure.remedy = KC_TEXT("Token", "name the key by one of these URIs, with its ID");
    for (const CK_OBJECT_HANDLE key : found) {
        const ObjectSummary summary = summarise(session, key);
        failure.details.push_back({arranged("%1 \"%2\"").with(typeInWords(summary.typeName)).with(summary.label),
                                   verbatim(objectUri(token, summary.objectClass, summary.label, summary.id)),
                                   {}});
    }
    throw Error{std::move(failure)};
}

}  // namespace

std::optional<CK_OBJECT_CLASS> classOf(const Session& session, CK_OBJECT_HANDLE object) {
    return readAttributes(session, object, {CKA_CLASS}).number(CKA_CLASS);
}

CK_OBJECT_HANDLE findKey(const Session& session, const KeySelector& selector, const CK_TOKEN_INFO& token, LoginState state) {
    const auto found = findTargets(session, selector);
    if (found.empty()) {
        throwNoSuchKey(session, selector, state);
    }
    if (found.size() > 1) {
        throwSeveralKeys(session, found, selector, token);
    }
    return found.front();
}

std::optional<CK_OBJECT_HANDLE> findPublicHalf(const Session& session, CK_OBJECT_HANDLE privateKey) {
    const AttributeValues values = readAttributes(session, privateKey, {CKA_ID});
    const ByteView id = values.bytes(CKA_ID).value_or(ByteView{});
    if (id.empty()) {
        return std::nullopt;
    }
    AttributeTemplate what;
    what.add(CKA_CLASS, CK_ULONG{CKO_PUBLIC_KEY}).add(CKA_ID, id);
    const auto found = findObjects(session, what);
    return found.size() == 1 ? std::optional{found.front()} : std::nullopt;
}

void checkGone(const Session& session, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS objectClass, ByteView id) {
    AttributeTemplate what;
    what.add(CKA_CLASS, CK_ULONG{objectClass}).add(CKA_ID, id);
    if (std::ranges::count(findObjects(session, what), object) != 0) {
        throw Error{ErrorKind::Integrity, KC_TEXT("Token", "destroying a key on token \"%1\"").with(session.tokenLabel()),
                    KC_TEXT("Token", "the token reported success, but the object with ID %1 is still there").with(toHex(id)),
                    KC_TEXT("Token", "remove it with the token's own tool and check again")};
    }
}

}  // namespace keyconvoy::pkcs11
