#include "pkcs11/trusted_key.h"

#include "pkcs11/key_description.h"
#include "pkcs11/key_generation.h"
#include "pkcs11/key_template.h"
#include "pkcs11/read_back.h"

namespace keyconvoy::pkcs11 {

namespace {

/// Asked before anything is created: SoftHSM 2.6.1 refuses CKA_TRUSTED to a user, but leaves an empty object behind.
void checkOfficerIsIn(const Session& session) {
    if (session.state() != CKS_RW_SO_FUNCTIONS) {
        throw Error{ErrorKind::Refused, KC_TEXT("TrustedKey", "trusted wrapping key on token \"%1\"").with(session.tokenLabel()),
                    KC_TEXT("TrustedKey", "only the security officer can mark a wrapping key as trusted, and is not logged in"),
                    KC_TEXT("TrustedKey", "log in as the security officer; a token without that role (NSS) cannot do this")};
    }
}

}  // namespace

KeyDescription storeTrustedKey(const Session& session, const CK_TOKEN_INFO& token, const RsaPublicKey& publicKey,
                               const ObjectLabel& label) {
    checkOfficerIsIn(session);
    const Bytes id = randomKeyId();
    checkNameIsFree(session, label.str(), id);
    AttributeTemplate attributes = wrappingKeyTemplate(publicKey, KeyLifetime::TokenObject);
    attributes.add(CKA_TRUSTED, true).add(CKA_LABEL, std::string_view{label.str()}).add(CKA_ID, ByteView{id});
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    session.check(session.functions().C_CreateObject(session.handle(), attributes.data(), attributes.size(), &handle),
                  "C_CreateObject");
    ObjectGuard guard{session, handle};
    const AttributeValues values = readKeyAttributes(session, handle, CKO_PUBLIC_KEY, CKK_RSA, attributes.view());
    Findings none;
    checkReadBack(session, values, attributes.view(), none);
    guard.keep();
    return toDescription(values, token);
}

}  // namespace keyconvoy::pkcs11
