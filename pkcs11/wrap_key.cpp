#include "pkcs11/wrap_key.h"

#include "core/text.h"
#include "pkcs11/key_generation.h"
#include "pkcs11/key_template.h"
#include "pkcs11/mechanisms.h"
#include "pkcs11/public_key.h"
#include "pkcs11/token_uri.h"

#include <algorithm>
#include <array>

namespace keyconvoy::pkcs11 {

namespace {

/// One buffer and one call: the size query of NSS and openCryptoki is wrong.
constexpr std::size_t wrapBufferBytes = std::size_t{16} * 1024U;

Text keyPlace(const Session& session) {
    return KC_TEXT("WrapKey", "wrapping on token \"%1\"").with(session.tokenLabel());
}

CK_OBJECT_HANDLE findOnToken(const Session& session, const KeySelector& selector) {
    AttributeTemplate what;
    what.add(CKA_CLASS, CK_ULONG{CKO_PUBLIC_KEY}).add(CKA_KEY_TYPE, CK_ULONG{CKK_RSA});
    if (selector.label) {
        what.add(CKA_LABEL, std::string_view{selector.label->str()});
    }
    if (selector.id) {
        what.add(CKA_ID, ByteView{*selector.id});
    }
    const auto found = findObjects(session, what);
    if (found.empty()) {
        throw Error{
            ErrorKind::NotFound, keyPlace(session),
            KC_TEXT("WrapKey", "there is no public RSA key with %1 on the token").with(inWords(selector)),
            KC_TEXT("WrapKey", "check the URI of the wrapping key; %1 shows what is there").with(typedAs("keyconvoy key list"))};
    }
    if (found.size() > 1) {
        throw Error{ErrorKind::Refused, keyPlace(session),
                    KC_TEXT("WrapKey", "%1 public RSA keys match %2").with(found.size()).with(inWords(selector)),
                    KC_TEXT("WrapKey", "name the wrapping key by its ID as well")};
    }
    return found.front();
}

CK_OBJECT_HANDLE createWrappingObject(const Session& session, const RsaPublicKey& key) {
    AttributeTemplate attributes = wrappingKeyTemplate(key, KeyLifetime::SessionObject);
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    session.check(session.functions().C_CreateObject(session.handle(), attributes.data(), attributes.size(), &handle),
                  "C_CreateObject");
    return handle;
}

/// Reasons that hold on every token, whether it enforces them or not: NSS does not.
void checkTargetMayBeWrapped(const Session& session, CK_OBJECT_HANDLE target, const WrappingObject& wrapping,
                             const WrapRecipe& recipe) {
    const AttributeValues attributes = readAttributes(session, target, {CKA_EXTRACTABLE, CKA_WRAP_WITH_TRUSTED});
    if (attributes.flag(CKA_EXTRACTABLE) == false) {
        throw Error{ErrorKind::Refused, keyPlace(session),
                    KC_TEXT("WrapKey", "the key is not extractable: its CKA_EXTRACTABLE is false, so it stays on this token"),
                    KC_TEXT("WrapKey",
                            "nobody can turn that back on, the security officer neither; generate a new key that is extractable "
                            "(and seal it after the import)")};
    }
    if (attributes.flag(CKA_WRAP_WITH_TRUSTED) != true) {
        return;
    }
    if (recipe.method == WrapMethod::TwoStepKwp || recipe.method == WrapMethod::TwoStepPad) {
        throw Error{
            ErrorKind::Refused, keyPlace(session),
            KC_TEXT("WrapKey",
                    "the key is marked for trusted wrapping keys only (CKA_WRAP_WITH_TRUSTED), and the session AES key of a "
                    "two-step wrap cannot be trusted"),
            KC_TEXT("WrapKey",
                    "such a key can be wrapped by plain RSAES_OAEP only, under a wrapping key that the security officer "
                    "marked as trusted")};
    }
    if (!wrapping.trusted()) {
        throw Error{
            ErrorKind::Refused, keyPlace(session),
            KC_TEXT("WrapKey",
                    "the key is marked for trusted wrapping keys only (CKA_WRAP_WITH_TRUSTED), and this wrapping key is not "
                    "trusted (CKA_TRUSTED)"),
            KC_TEXT("WrapKey", "the security officer puts the wrapping key on the token as a trusted one; then name it with %1")
                .with(typedAs("--wrapping-key"))};
    }
}

Bytes callWrapKey(const Session& session, CK_MECHANISM mechanism, CK_OBJECT_HANDLE wrappingKey, CK_OBJECT_HANDLE target) {
    std::array<std::uint8_t, wrapBufferBytes> blob{};
    CK_ULONG length = blob.size();
    const CK_RV code = session.functions().C_WrapKey(session.handle(), &mechanism, wrappingKey, target, blob.data(), &length);
    if (code != CKR_OK) {
        session.check(code, callWith("C_WrapKey", mechanism.mechanism));
    }
    const ByteView given = ByteView{blob}.first(std::min<std::size_t>(length, blob.size()));
    return {given.begin(), given.end()};
}

Bytes wrapWithOaep(const Session& session, CK_OBJECT_HANDLE wrappingKey, CK_OBJECT_HANDLE target, const WrapRecipe& recipe) {
    CK_RSA_PKCS_OAEP_PARAMS parameters = oaepParameters(recipe);
    return callWrapKey(session, {CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters}, wrappingKey, target);
}

Bytes wrapNatively(const Session& session, CK_OBJECT_HANDLE wrappingKey, CK_OBJECT_HANDLE target, const WrapRecipe& recipe) {
    CK_RSA_PKCS_OAEP_PARAMS oaep = oaepParameters(recipe);
    CkRsaAesKeyWrapParams parameters{temporaryAesBits, &oaep};
    return callWrapKey(session, {CKM_RSA_AES_KEY_WRAP, &parameters, sizeof parameters}, wrappingKey, target);
}

void checkOaepBlock(const Session& session, const Bytes& block, const RsaPublicKey& key) {
    if (block.size() != key.modulus.size()) {
        throw Error{ErrorKind::Integrity, keyPlace(session),
                    KC_TEXT("WrapKey", "the OAEP block has %1 bytes; under this wrapping key it must have %2")
                        .with(block.size())
                        .with(key.modulus.size()),
                    KC_TEXT("WrapKey", "this token does not wrap as the standard says; use another token")};
    }
}

/// C2 before C1: if the key wrap fails, the session AES key never left.
WrappedKey wrapInTwoSteps(const Session& session, CK_OBJECT_HANDLE target, const WrappingObject& wrapping,
                          const WrapRecipe& recipe) {
    ObjectGuard aesKey = generateWrappingAesKey(session);
    const Bytes c2 = callWrapKey(session, {innerMechanism(recipe.method), nullptr, 0}, aesKey.get(), target);
    WrappedKey wrapped{.blob = {}, .usedKey = wrapping.readBack(), .findings = {}};
    wrapped.blob = wrapWithOaep(session, wrapping.handle(), aesKey.get(), recipe);
    aesKey.destroy();
    checkOaepBlock(session, wrapped.blob, wrapped.usedKey);
    wrapped.blob.insert(wrapped.blob.end(), c2.begin(), c2.end());
    return wrapped;
}

WrappedKey wrapUnder(const Session& session, CK_OBJECT_HANDLE target, const WrappingObject& wrapping, const WrapRecipe& recipe) {
    if (recipe.method == WrapMethod::TwoStepKwp || recipe.method == WrapMethod::TwoStepPad) {
        return wrapInTwoSteps(session, target, wrapping, recipe);
    }
    WrappedKey wrapped{.blob = {}, .usedKey = wrapping.readBack(), .findings = {}};
    wrapped.blob = recipe.method == WrapMethod::Oaep ? wrapWithOaep(session, wrapping.handle(), target, recipe)
                                                     : wrapNatively(session, wrapping.handle(), target, recipe);
    return wrapped;
}

}  // namespace

WrappingObject::WrappingObject(const Session& session, const WrappingKey& key) : m_session{session}, m_expected{key.expected} {
    if (key.onToken) {
        m_handle = findOnToken(session, *key.onToken);
    } else {
        m_made.emplace(session, createWrappingObject(session, key.expected));
        m_handle = m_made->get();
    }
}

RsaPublicKey WrappingObject::readBack() const {
    RsaPublicKey found = readRsaPublicKey(m_session, m_handle);
    if (found != m_expected) {
        throw Error{
            ErrorKind::Integrity, keyPlace(m_session),
            KC_TEXT("WrapKey", "the wrapping key on the token is not the expected one: modulus or exponent differ"),
            KC_TEXT("WrapKey", "nothing was wrapped. Do not go on before it is clear where this wrapping key comes from")};
    }
    return found;
}

bool WrappingObject::trusted() const {
    return readAttributes(m_session, m_handle, {CKA_TRUSTED}).flag(CKA_TRUSTED).value_or(false);
}

WrappedKey wrapKey(const Session& session, CK_OBJECT_HANDLE target, const WrappingKey& key, const WrapRecipe& recipe) {
    const WrappingObject wrapping{session, key};
    checkTargetMayBeWrapped(session, target, wrapping, recipe);
    return wrapUnder(session, target, wrapping, recipe);
}

Bytes wrapThrowAwayKey(const Session& session, CK_OBJECT_HANDLE target, const RsaPublicKey& ownKey, const WrapRecipe& recipe) {
    const WrappingKey key{.expected = ownKey, .onToken = std::nullopt};
    const WrappingObject wrapping{session, key};
    if (wrapping.trusted()) {
        throw Error{ErrorKind::Integrity, keyPlace(session),
                    KC_TEXT("WrapKey", "the token marks a wrapping key of this program as trusted without being asked"),
                    KC_TEXT("WrapKey", "nothing was wrapped; ask the token's vendor about CKA_TRUSTED")};
    }
    return wrapUnder(session, target, wrapping, recipe).blob;
}

CK_RSA_PKCS_OAEP_PARAMS oaepParameters(const WrapRecipe& recipe) {
    const bool sha256 = recipe.hash == OaepHash::Sha256;
    CK_RSA_PKCS_OAEP_PARAMS parameters{};
    parameters.hashAlg = sha256 ? CKM_SHA256 : CKM_SHA_1;
    parameters.mgf = sha256 ? CKG_MGF1_SHA256 : CKG_MGF1_SHA1;
    parameters.source = recipe.source == OaepSource::DataSpecified ? CKZ_DATA_SPECIFIED : 0;
    return parameters;
}

CK_MECHANISM_TYPE innerMechanism(WrapMethod method) {
    return method == WrapMethod::TwoStepKwp ? ckmAesKeyWrapKwp : CK_MECHANISM_TYPE{CKM_AES_KEY_WRAP_PAD};
}

}  // namespace keyconvoy::pkcs11
