#include "pkcs11/backup.h"

#include "pkcs11/key_description.h"
#include "pkcs11/mechanisms.h"
#include "pkcs11/public_key.h"
#include "pkcs11/read_back.h"
#include "pkcs11/wrap_key.h"

namespace keyconvoy::pkcs11 {

namespace {

constexpr CK_ATTRIBUTE_TYPE uses[] = {CKA_SIGN, CKA_SIGN_RECOVER, CKA_DECRYPT, CKA_UNWRAP, CKA_DERIVE};

ObjectGuard callUnwrapKey(const Session& session, CK_MECHANISM mechanism, CK_OBJECT_HANDLE unwrappingKey, ByteView blob,
                          AttributeTemplate& attributes) {
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    auto* octets = withoutConst(blob.data());
    const CK_RV code = session.functions().C_UnwrapKey(session.handle(), &mechanism, unwrappingKey, octets, blob.size(),
                                                       attributes.data(), attributes.size(), &key);
    if (code != CKR_OK) {
        session.check(code, callWith("C_UnwrapKey", mechanism.mechanism));
    }
    return {session, key};
}

ObjectGuard unwrapInTwoSteps(const Session& session, CK_OBJECT_HANDLE transportKey, const BackupBlob& backup,
                             AttributeTemplate& attributes) {
    CK_RSA_PKCS_OAEP_PARAMS oaep = oaepParameters(backup.recipe);
    AttributeTemplate aes = unwrappingAesTemplate();
    ObjectGuard aesKey =
        callUnwrapKey(session, {CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep}, transportKey, backup.blob.first(backup.oaepBytes), aes);
    ObjectGuard key = callUnwrapKey(session, {innerMechanism(backup.recipe.method), nullptr, 0}, aesKey.get(),
                                    backup.blob.subspan(backup.oaepBytes), attributes);
    aesKey.destroy();
    return key;
}

ObjectGuard unwrap(const Session& session, CK_OBJECT_HANDLE transportKey, const BackupBlob& backup,
                   AttributeTemplate& attributes) {
    CK_RSA_PKCS_OAEP_PARAMS oaep = oaepParameters(backup.recipe);
    switch (backup.recipe.method) {
        case WrapMethod::Oaep:
            return callUnwrapKey(session, {CKM_RSA_PKCS_OAEP, &oaep, sizeof oaep}, transportKey, backup.blob, attributes);
        case WrapMethod::NativeRsaAesKeyWrap: {
            CkRsaAesKeyWrapParams parameters{temporaryAesBits, &oaep};
            return callUnwrapKey(session, {CKM_RSA_AES_KEY_WRAP, &parameters, sizeof parameters}, transportKey, backup.blob,
                                 attributes);
        }
        case WrapMethod::TwoStepKwp:
        case WrapMethod::TwoStepPad: break;
    }
    return unwrapInTwoSteps(session, transportKey, backup, attributes);
}

void checkBlobSize(const Session& session, const BackupBlob& backup) {
    const bool oaepOnly = backup.recipe.method == WrapMethod::Oaep;
    if (oaepOnly ? backup.blob.size() != backup.oaepBytes : backup.blob.size() <= backup.oaepBytes) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Backup", "backup on token \"%1\"").with(session.tokenLabel()),
                    KC_TEXT("Backup", "the wrapped key has %1 bytes, which does not fit this transport key and wrap")
                        .with(backup.blob.size()),
                    KC_TEXT("Backup", "make the backup again, both halves in one run")};
    }
}

ObjectGuard createPublicHalf(const Session& session, const KeyPlan& plan, ByteView publicKeyDer, Findings& findings) {
    AttributeTemplate attributes = publicHalfTemplate(plan, publicKeyDer);
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    session.check(session.functions().C_CreateObject(session.handle(), attributes.data(), attributes.size(), &handle),
                  "C_CreateObject");
    ObjectGuard half{session, handle};
    const AttributeValues values =
        readKeyAttributes(session, handle, CKO_PUBLIC_KEY, cryptokiKeyType(plan.type), attributes.view());
    checkReadBack(session, values, attributes.view(), findings);
    return half;
}

/// The type that the token states must be the plan's; an unknown length is recorded and taken from the plan.
void checkType(const Session& session, const KeyPlan& plan, MadeKey& made) {
    if (!made.description.type && !isKeyPair(plan.type)) {
        made.description.type = plan.type;
        made.description.typeName = describe(plan.type);
        made.findings.push_back({.level = FindingLevel::Note,
                                 .what = KC_TEXT("Backup",
                                                 "the token does not report the length of the unwrapped key (CKA_VALUE_LEN); its "
                                                 "check value shows whether it is the same key"),
                                 .remedy = {}});
    }
    if (made.description.type != plan.type) {
        throw Error{
            ErrorKind::Integrity, KC_TEXT("Backup", "backup on token \"%1\"").with(session.tokenLabel()),
            KC_TEXT("Backup", "what was unwrapped is %1, not %2").with(made.description.typeName).with(describe(plan.type)),
            KC_TEXT("Backup", "it was removed again; this pair of tokens does not agree on the wrap: choose another one")};
    }
}

}  // namespace

MadeKey unwrapKey(const Session& session, const CK_TOKEN_INFO& token, const Quirks& quirks, CK_OBJECT_HANDLE transportKey,
                  const BackupBlob& backup, const KeyPlan& plan, ByteView publicKeyDer) {
    checkBlobSize(session, backup);
    const bool pair = isKeyPair(plan.type);
    AttributeTemplate attributes = unwrapTemplate(plan);
    const std::size_t standardCount = attributes.size();
    if (pair && quirks.wantsPublicValueToo && !curveParameters(plan.type).empty()) {
        attributes.add(ckaNssDb, ByteView{parsePublicKey(publicKeyDer).ecPoint});
    }
    MadeKey made{
        .key = unwrap(session, transportKey, backup, attributes), .publicKey = std::nullopt, .description = {}, .findings = {}};
    const auto asked = attributes.view().first(standardCount);
    const AttributeValues values =
        readKeyAttributes(session, made.key.get(), pair ? CKO_PRIVATE_KEY : CKO_SECRET_KEY, cryptokiKeyType(plan.type), asked);
    checkReadBack(session, values, asked, made.findings,
                  pair && quirks.unwrapIgnoresUses ? std::span{uses} : std::span<const CK_ATTRIBUTE_TYPE>{});
    made.description = toDescription(values, token);
    checkType(session, plan, made);
    if (pair) {
        made.publicKey.emplace(createPublicHalf(session, plan, publicKeyDer, made.findings));
    }
    return made;
}

}  // namespace keyconvoy::pkcs11
