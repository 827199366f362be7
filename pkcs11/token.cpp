#include "pkcs11/token.h"

#include "core/hex.h"
#include "pkcs11/backup.h"
#include "pkcs11/key_description.h"
#include "pkcs11/key_search.h"
#include "pkcs11/label.h"
#include "pkcs11/mac.h"
#include "pkcs11/mechanisms.h"
#include "pkcs11/public_key.h"
#include "pkcs11/seal.h"
#include "pkcs11/sign.h"
#include "pkcs11/token_choice.h"
#include "pkcs11/token_impl.h"
#include "pkcs11/token_uri.h"
#include "pkcs11/trusted_key.h"
#include "pkcs11/wrap_key.h"

#include <algorithm>
#include <utility>

namespace keyconvoy::pkcs11 {

namespace {

/// A copy has its original's label, whatever that is.
void checkNamed(const ObjectLabel& label) {
    if (label.empty()) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Token", "label of the new key"), KC_TEXT("Token", "it is empty"),
                    KC_TEXT("Token", "give the original a label by which people will find it again")};
    }
}

KeyPlan planFor(const KeyRequest& request, Bytes id) {
    return {.type = request.type,
            .label = request.label.str(),
            .id = std::move(id),
            .lifetime = request.lifetime,
            .purpose = request.purpose};
}

}  // namespace

Token::Token(std::unique_ptr<Impl> impl) : m_impl{std::move(impl)} {
}
Token::~Token() = default;
Token::Token(Token&&) noexcept = default;
Token& Token::operator=(Token&&) noexcept = default;

Token Token::open(std::shared_ptr<Module> module, const TokenSelector& selector) {
    SlotToken token = chooseToken(*module, selector);
    return Token{std::make_unique<Impl>(std::move(module), std::move(token))};
}

const Module& Token::module() const {
    return *m_impl->module;
}

TokenDescription Token::description() const {
    CK_SLOT_INFO slot{};
    CK_TOKEN_INFO token{};
    const Session& session = m_impl->session;
    session.check(session.functions().C_GetSlotInfo(session.slot(), &slot), "C_GetSlotInfo");
    session.check(session.functions().C_GetTokenInfo(session.slot(), &token), "C_GetTokenInfo");
    return toDescription(token, slot);
}

void Token::checkStillThere() const {
    m_impl->checkStillThere();
}

std::vector<Mechanism> Token::mechanisms() const {
    return listMechanisms(m_impl->session);
}

LoginState Token::loginState() const {
    const CK_STATE state = m_impl->session.state();
    if (state == CKS_RW_PUBLIC_SESSION || state == CKS_RO_PUBLIC_SESSION) {
        const bool required = (m_impl->token.info.flags & CKF_LOGIN_REQUIRED) != 0;
        return required ? LoginState::NotLoggedIn : LoginState::NotRequired;
    }
    return m_impl->loggedInHere ? LoginState::LoggedInHere : LoginState::LoggedInOutside;
}

LoginOutcome Token::logIn(const SecretBytes& pin, FinalTryConsent consent) {
    return m_impl->logIn(Role::User, pin.view(), consent);
}

LoginOutcome Token::logInAtPinPad(FinalTryConsent consent) {
    return m_impl->logIn(Role::User, std::nullopt, consent);
}

LoginOutcome Token::logInAsSecurityOfficer(const SecretBytes& pin, FinalTryConsent consent) {
    return m_impl->logIn(Role::SecurityOfficer, pin.empty() ? std::nullopt : std::optional{pin.view()}, consent);
}

void Token::logOut() {
    if (!m_impl->loggedInHere) {
        return;
    }
    m_impl->loggedInHere.reset();
    m_impl->session.check(m_impl->session.functions().C_Logout(m_impl->session.handle()), "C_Logout");
}

std::vector<ObjectSummary> Token::objects() const {
    AttributeTemplate all;
    std::vector<ObjectSummary> summaries;
    for (const CK_OBJECT_HANDLE object : findObjects(m_impl->session, all)) {
        summaries.push_back(summarise(m_impl->session, object));
    }
    std::ranges::sort(summaries);
    return summaries;
}

std::vector<KeyDescription> Token::keys() const {
    std::vector<KeyDescription> keys;
    for (const CK_OBJECT_CLASS objectClass : {CKO_SECRET_KEY, CKO_PRIVATE_KEY, CKO_PUBLIC_KEY}) {
        AttributeTemplate what;
        what.add(CKA_CLASS, CK_ULONG{objectClass});
        for (const CK_OBJECT_HANDLE key : findObjects(m_impl->session, what)) {
            keys.push_back(describeKey(m_impl->session, key, m_impl->token.info));
        }
    }
    return keys;
}

GeneratedKey Token::generate(const KeyRequest& request) {
    checkNewLabel(request.label);
    m_impl->checkStillThere();
    const KeyPlan plan = planFor(request, randomKeyId());
    checkNameIsFree(m_impl->session, plan.label, plan.id);
    return m_impl->keep(generateKey(m_impl->session, m_impl->token.info, m_impl->quirks, plan), KeyOrigin::GeneratedHere);
}

KeyReference Token::find(const KeySelector& selector) {
    m_impl->checkStillThere();
    return KeyReference{m_impl->remember(findKey(m_impl->session, selector, m_impl->token.info, loginState()))};
}

KeyDescription Token::describe(KeyReference key) const {
    const KnownKey& known = m_impl->known(key);
    KeyDescription description = describeKey(m_impl->session, known.handle, m_impl->token.info);
    if (known.type && description.mayBe(*known.type)) {
        description.type = known.type;
        description.typeName = pkcs11::describe(*known.type);
        description.lengthNotReported = false;
    }
    return description;
}

void Token::noteType(KeyReference key, const std::optional<KeyType>& type) {
    static_cast<void>(m_impl->known(key));
    m_impl->keys.at(key.number()).type = type;
}

KeyOrigin Token::origin(KeyReference key) const {
    return m_impl->known(key).origin;
}

CheckValueOutcome Token::checkValue(KeyReference key) const {
    return m_impl->checkValueOf(m_impl->known(key));
}

Bytes Token::publicKey(KeyReference key) const {
    const KnownKey& known = m_impl->known(key);
    if (classOf(m_impl->session, known.handle) != CK_OBJECT_CLASS{CKO_PRIVATE_KEY}) {
        throw Error{ErrorKind::InvalidInput,
                    KC_TEXT("Token", "public key of a key on token \"%1\"").with(m_impl->session.tokenLabel()),
                    KC_TEXT("Token", "it is a secret key, which has no public half"), KC_TEXT("Token", "name a key pair")};
    }
    const auto object = m_impl->publicObject(known);
    if (!object) {
        throw Error{ErrorKind::NotFound,
                    KC_TEXT("Token", "public key of a key on token \"%1\"").with(m_impl->session.tokenLabel()),
                    KC_TEXT("Token", "there is not exactly one public object with this key's ID"),
                    KC_TEXT("Token", "put the public key on the token with the same ID, with the token's own tool")};
    }
    return readPublicKey(m_impl->session, *object);
}

Bytes Token::mac(KeyReference key, HmacHash hash, ByteView message) const {
    return signWith(m_impl->session, {hmacMechanism(hash), nullptr, 0}, m_impl->known(key).handle, message);
}

Bytes Token::sign(KeyReference key, SignatureScheme scheme, ByteView message) const {
    return signMessage(m_impl->session, m_impl->known(key).handle, scheme, message);
}

WrappedKey Token::wrap(KeyReference key, const WrappingKey& wrappingKey, const WrapRecipe& recipe) {
    m_impl->checkStillThere();
    return wrapKey(m_impl->session, m_impl->known(key).handle, wrappingKey, recipe);
}

void Token::checkWrappingKeyOnToken(const RsaPublicKey& expected, const KeySelector& onToken) const {
    const WrappingKey key{.expected = expected, .onToken = onToken};
    static_cast<void>(WrappingObject{m_impl->session, key}.readBack());
}

void Token::seal(KeyReference key) {
    m_impl->checkStillThere();
    sealKey(m_impl->session, m_impl->known(key).handle);
}

bool Token::enforcesExtractable() {
    return enforcesSeal(m_impl->session, m_impl->token.info, m_impl->quirks);
}

void Token::destroy(KeyReference key) {
    m_impl->checkStillThere();
    const Session& session = m_impl->session;
    const KnownKey known = m_impl->known(key);
    const AttributeValues values = readAttributes(session, known.handle, {CKA_CLASS, CKA_ID});
    const ByteView id = values.bytes(CKA_ID).value_or(ByteView{});
    const CK_OBJECT_CLASS objectClass = values.number(CKA_CLASS).value_or(CKO_SECRET_KEY);
    std::optional<CK_OBJECT_HANDLE> publicObject;
    if (objectClass == CKO_PRIVATE_KEY) {
        publicObject = m_impl->publicObject(known);
    }
    destroyObject(session, known.handle);
    m_impl->keys.erase(key.number());
    checkGone(session, known.handle, objectClass, id);
    if (publicObject) {
        destroyObject(session, *publicObject);
        checkGone(session, *publicObject, CKO_PUBLIC_KEY, id);
    }
}

BackupTransportKey Token::makeBackupTransportKey(int sizeBits) {
    m_impl->checkStillThere();
    const Bytes id = randomKeyId();
    MadeKey made = generateKey(m_impl->session, m_impl->token.info, m_impl->quirks,
                               transportTemplates(sizeBits, "keyconvoy-backup-transport-" + toHex(id), id));
    const RsaPublicKey publicKey = readRsaPublicKey(m_impl->session, made.publicKey->get());
    const Fingerprint fingerprint = Fingerprint::of(toSubjectPublicKeyInfo(publicKey));
    const GeneratedKey kept = m_impl->keep(std::move(made), KeyOrigin::GeneratedHere);
    return {.privateKey = kept.key, .publicKey = publicKey, .fingerprint = fingerprint};
}

GeneratedKey Token::unwrapBackup(const BackupTransportKey& transport, ByteView blob, const WrapRecipe& recipe,
                                 const KeyRequest& request, const Bytes& id, ByteView publicKeyDer) {
    checkNamed(request.label);
    m_impl->checkStillThere();
    checkNameIsFree(m_impl->session, request.label.str(), id);
    const BackupBlob backup{.blob = blob, .oaepBytes = transport.publicKey.modulus.size(), .recipe = recipe};
    const CK_OBJECT_HANDLE transportKey = m_impl->known(transport.privateKey).handle;
    return m_impl->keep(
        unwrapKey(m_impl->session, m_impl->token.info, m_impl->quirks, transportKey, backup, planFor(request, id), publicKeyDer),
        KeyOrigin::RestoredFromBackupHere);
}

KeyDescription Token::storeTrustedWrappingKey(const RsaPublicKey& publicKey, const ObjectLabel& label) {
    checkNewLabel(label);
    m_impl->checkStillThere();
    return storeTrustedKey(m_impl->session, m_impl->token.info, publicKey, label);
}

Token::ThrowAwayName Token::nameThrowAway() {
    Bytes id = randomKeyId();
    std::string label = "keyconvoy-throw-away-" + toHex(id);
    return {.id = std::move(id), .label = std::move(label)};
}

Token::ThrowAway Token::generateThrowAway(const KeyType& type, const ThrowAwayName& name) {
    m_impl->checkStillThere();
    MadeKey made = generateKey(m_impl->session, m_impl->token.info, m_impl->quirks,
                               KeyPlan{.type = type, .label = name.label, .id = name.id});
    Bytes publicKeyDer = made.publicKey ? readPublicKey(m_impl->session, made.publicKey->get()) : Bytes{};
    const std::uint64_t number = m_impl->keepThrowAway(std::move(made));
    return {.key = ThrowAwayKey{number}, .label = name.label, .id = name.id, .publicKeyDer = std::move(publicKeyDer)};
}

CheckValueOutcome Token::checkValue(const ThrowAwayKey& key) const {
    return m_impl->checkValueOf(m_impl->known(key));
}

Bytes Token::mac(const ThrowAwayKey& key, HmacHash hash, ByteView message) const {
    return signWith(m_impl->session, {hmacMechanism(hash), nullptr, 0}, m_impl->known(key).handle, message);
}

Bytes Token::wrapThrowAway(const ThrowAwayKey& key, const RsaPublicKey& ownWrappingKey, const WrapRecipe& recipe) {
    return wrapThrowAwayKey(m_impl->session, m_impl->known(key).handle, ownWrappingKey, recipe);
}

void Token::destroy(const ThrowAwayKey& key) {
    const KnownKey known = m_impl->known(key);
    m_impl->throwAways.erase(key.number());
    destroyObject(m_impl->session, known.handle);
    if (known.publicKey != CK_INVALID_HANDLE) {
        destroyObject(m_impl->session, known.publicKey);
    }
}

}  // namespace keyconvoy::pkcs11
