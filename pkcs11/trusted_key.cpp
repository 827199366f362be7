#include "pkcs11/trusted_key.h"

#include "pkcs11/key_description.h"
#include "pkcs11/key_generation.h"
#include "pkcs11/key_template.h"
#include "pkcs11/read_back.h"

namespace keyconvoy::pkcs11 {

KeyDescription storeTrustedKey(const Session& session, const CK_TOKEN_INFO& token, const RsaPublicKey& publicKey,
                               const ObjectLabel& label) {
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
