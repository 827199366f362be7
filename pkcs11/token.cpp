#include "pkcs11/token.h"

#include "core/hex.h"
#include "pkcs11/backup.h"
#include "pkcs11/check_value.h"
#include "pkcs11/key_description.h"
#include "pkcs11/key_generation.h"
#include "pkcs11/login.h"
#include "pkcs11/mac.h"
#include "pkcs11/mechanisms.h"
#include "pkcs11/module_impl.h"
#include "pkcs11/public_key.h"
#include "pkcs11/seal.h"
#include "pkcs11/sign.h"
#include "pkcs11/token_uri.h"
#include "pkcs11/trusted_key.h"
#include "pkcs11/wrap_key.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <utility>

namespace keyconvoy::pkcs11 {

namespace {

/// One key that this Token gave a reference for.
struct KnownKey {
    CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE publicKey = CK_INVALID_HANDLE;  ///< of a pair, when it is known or was found
    KeyOrigin origin = KeyOrigin::NotGeneratedInThisRun;
};

/// Never given out twice in a process, so that a reference of one Token means nothing to another.
std::uint64_t nextNumber() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

SlotToken chooseToken(const Module& module, const TokenSelector& selector);

}  // namespace

struct Token::Impl {
    Impl(std::shared_ptr<Module> loaded, SlotToken chosen)
        : module{std::move(loaded)},
          token{std::move(chosen)},
          quirks{quirksOf(token.description)},
          session{module, token.slot, token.description.label} {}
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() {
        if (loggedInHere) {
            session.functions().C_Logout(session.handle());
        }
    }

    [[nodiscard]] const KnownKey& known(KeyReference key) const;
    [[nodiscard]] CK_OBJECT_HANDLE handleOf(const ThrowAwayKey& key) const;
    [[nodiscard]] std::uint64_t remember(KnownKey key);
    [[nodiscard]] GeneratedKey keep(MadeKey made, KeyOrigin origin);
    /// The public object of a pair: the one that was made with it, or the one with its CKA_ID.
    [[nodiscard]] std::optional<CK_OBJECT_HANDLE> publicObject(const KnownKey& key) const;
    [[nodiscard]] CheckValueOutcome checkValueOf(const KnownKey& key) const;
    void checkStillThere() const;
    void checkGone(CK_OBJECT_HANDLE handle, CK_OBJECT_CLASS objectClass, const Bytes& id) const;
    [[nodiscard]] LoginOutcome logIn(Role role, std::optional<ByteView> pin, FinalTryConsent consent);

    std::shared_ptr<Module> module;
    SlotToken token;  ///< as it was at open()
    Quirks quirks;
    std::map<std::uint64_t, KnownKey> keys;
    std::map<std::uint64_t, KnownKey> throwAways;  ///< apart, so that no number can name a kept key
    std::optional<Role> loggedInHere;
    Session session;
};

namespace {

[[noreturn]] void throwNoSuchToken(const std::vector<SlotToken>& tokens, const TokenSelector& selector) {
    std::string present;
    for (const SlotToken& token : tokens) {
        present += (present.empty() ? "" : ", ") + tokenInWords(token.description);
    }
    throw Error{ErrorKind::NotFound, KC_TEXT("Token", "token with %1").with(inWords(selector)),
                present.empty() ? KC_TEXT("Token", "the module has no initialised token")
                                : KC_TEXT("Token", "no token matches; present: %1").with(present),
                KC_TEXT("Token",
                        "check that the token is connected and the name is right ('token list'); for a software token, that its "
                        "configuration is the right one")};
}

[[noreturn]] void throwSeveralTokens(const std::vector<SlotToken>& matching, const TokenSelector& selector) {
    std::string list;
    for (const SlotToken& token : matching) {
        list += (list.empty() ? "" : " and ") + tokenInWords(token.description) + ": " + token.description.uri;
    }
    throw Error{ErrorKind::Refused, KC_TEXT("Token", "token with %1").with(inWords(selector)),
                KC_TEXT("Token", "%1 tokens match: %2").with(matching.size()).with(list),
                KC_TEXT("Token", "name the token by its URI with the serial, or disconnect the other one")};
}

SlotToken chooseToken(const Module& module, const TokenSelector& selector) {
    std::vector<SlotToken> tokens = module.impl().slots();
    std::erase_if(tokens, [](const SlotToken& token) { return !token.description.initialised; });
    std::vector<SlotToken> matching;
    std::ranges::copy_if(tokens, std::back_inserter(matching),
                         [&](const SlotToken& token) { return matches(selector, token.description); });
    if (matching.empty()) {
        throwNoSuchToken(tokens, selector);
    }
    if (matching.size() > 1) {
        throwSeveralTokens(matching, selector);
    }
    return std::move(matching.front());
}

[[noreturn]] void throwUnknownReference() {
    throw Error{ErrorKind::Internal, KC_TEXT("Token", "key reference"),
                KC_TEXT("Token", "this reference names no key of this token: the key was destroyed, or belongs to another token"),
                KC_TEXT("Token", "report this as a defect")};
}

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

std::optional<CK_OBJECT_CLASS> classOf(const Session& session, CK_OBJECT_HANDLE object) {
    return readAttributes(session, object, {CKA_CLASS}).number(CKA_CLASS);
}

/// The secret and private keys that match; public objects share label and ID with the private one.
std::vector<CK_OBJECT_HANDLE> findTargets(const Session& session, const KeySelector& selector) {
    AttributeTemplate what = templateFor(selector);
    std::vector<CK_OBJECT_HANDLE> found = findObjects(session, what);
    std::erase_if(found, [&](CK_OBJECT_HANDLE object) {
        const auto objectClass = classOf(session, object);
        const bool wanted = objectClass == CK_OBJECT_CLASS{CKO_SECRET_KEY} || objectClass == CK_OBJECT_CLASS{CKO_PRIVATE_KEY};
        return !wanted || (selector.objectClass && toCryptoki(*selector.objectClass) != objectClass);
    });
    return found;
}

Text keyOnToken(const Session& session, const KeySelector& selector) {
    return KC_TEXT("Token", "key with %1 on token \"%2\"").with(inWords(selector)).with(session.tokenLabel());
}

[[noreturn]] void throwNoSuchKey(const Session& session, const KeySelector& selector, LoginState state) {
    throw Error{ErrorKind::NotFound, keyOnToken(session, selector), KC_TEXT("Token", "no secret or private key matches"),
                state == LoginState::NotLoggedIn ? KC_TEXT("Token", "log in first: private keys are not seen before that")
                                                 : KC_TEXT("Token", "check the name; 'key list' shows what is on the token")};
}

[[noreturn]] void throwSeveralKeys(const Session& session, const std::vector<CK_OBJECT_HANDLE>& found,
                                   const KeySelector& selector) {
    std::string list;
    for (const CK_OBJECT_HANDLE key : found) {
        const ObjectSummary summary = summarise(session, key);
        list += (list.empty() ? "" : " and ") + summary.typeName + " \"" + summary.label + "\" with ID " + toHex(summary.id);
    }
    throw Error{ErrorKind::Refused, keyOnToken(session, selector),
                KC_TEXT("Token", "%1 keys match: %2").with(found.size()).with(list),
                KC_TEXT("Token", "name the key by label and ID (id=%%.. in the URI)")};
}

void checkLabel(const ObjectLabel& label) {
    if (label.empty()) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Token", "label of the new key"), KC_TEXT("Token", "it is empty"),
                    KC_TEXT("Token", "give the key a label by which people will find it again")};
    }
}

KeyPlan planFor(const KeyRequest& request, Bytes id) {
    return {.type = request.type,
            .label = request.label.str(),
            .id = std::move(id),
            .lifetime = request.lifetime,
            .purpose = request.purpose};
}

std::string throwAwayLabel(const Bytes& id) {
    return "keyconvoy-throw-away-" + toHex(id);
}

}  // namespace

const KnownKey& Token::Impl::known(KeyReference key) const {
    const auto entry = keys.find(key.number());
    if (entry == keys.end()) {
        throwUnknownReference();
    }
    return entry->second;
}

CK_OBJECT_HANDLE Token::Impl::handleOf(const ThrowAwayKey& key) const {
    const auto entry = throwAways.find(key.number());
    if (entry == throwAways.end()) {
        throwUnknownReference();
    }
    return entry->second.handle;
}

std::uint64_t Token::Impl::remember(KnownKey key) {
    const auto same = std::ranges::find_if(keys, [&](const auto& entry) { return entry.second.handle == key.handle; });
    if (same != keys.end()) {
        return same->first;
    }
    const std::uint64_t number = nextNumber();
    keys.emplace(number, key);
    return number;
}

GeneratedKey Token::Impl::keep(MadeKey made, KeyOrigin origin) {
    const std::uint64_t number = nextNumber();
    keys.emplace(number, KnownKey{.handle = made.key.get(),
                                  .publicKey = made.publicKey ? made.publicKey->get() : CK_OBJECT_HANDLE{CK_INVALID_HANDLE},
                                  .origin = origin});
    made.key.keep();
    if (made.publicKey) {
        made.publicKey->keep();
    }
    return {.key = KeyReference{number}, .description = std::move(made.description), .findings = std::move(made.findings)};
}

std::optional<CK_OBJECT_HANDLE> Token::Impl::publicObject(const KnownKey& key) const {
    if (key.publicKey != CK_INVALID_HANDLE) {
        return key.publicKey;
    }
    const auto id = readAttributes(session, key.handle, {CKA_ID}).bytes(CKA_ID).value_or(ByteView{});
    if (id.empty()) {
        return std::nullopt;
    }
    AttributeTemplate what;
    what.add(CKA_CLASS, CK_ULONG{CKO_PUBLIC_KEY}).add(CKA_ID, id);
    const auto found = findObjects(session, what);
    return found.size() == 1 ? std::optional{found.front()} : std::nullopt;
}

CheckValueOutcome Token::Impl::checkValueOf(const KnownKey& key) const {
    if (classOf(session, key.handle) == CK_OBJECT_CLASS{CKO_SECRET_KEY}) {
        return secretKeyCheckValue(session, key.handle);
    }
    const auto object = publicObject(key);
    if (!object) {
        return {.value = std::nullopt, .whyNot = KC_TEXT("Token", "there is no public object with this key's ID on the token")};
    }
    return {.value = publicKeyCheckValue(readPublicKey(session, *object)), .whyNot = {}};
}

void Token::Impl::checkStillThere() const {
    CK_TOKEN_INFO now{};
    session.check(session.functions().C_GetTokenInfo(token.slot, &now), "C_GetTokenInfo");
    const bool same = std::memcmp(now.label, token.info.label, sizeof now.label) == 0 &&
                      std::memcmp(now.serialNumber, token.info.serialNumber, sizeof now.serialNumber) == 0;
    if (!same) {
        throw Error{ErrorKind::Unavailable, KC_TEXT("Token", "token %1").with(tokenInWords(token.description)),
                    KC_TEXT("Token", "another token is in its slot now: label \"%1\", serial %2")
                        .with(unpadded(now.label))
                        .with(unpadded(now.serialNumber)),
                    KC_TEXT("Token", "put the right token back and start again")};
    }
}

void Token::Impl::checkGone(CK_OBJECT_HANDLE handle, CK_OBJECT_CLASS objectClass, const Bytes& id) const {
    AttributeTemplate what;
    what.add(CKA_CLASS, CK_ULONG{objectClass}).add(CKA_ID, ByteView{id});
    if (std::ranges::count(findObjects(session, what), handle) != 0) {
        throw Error{ErrorKind::Integrity, KC_TEXT("Token", "destroying a key on token \"%1\"").with(session.tokenLabel()),
                    KC_TEXT("Token", "the token reported success, but the object with ID %1 is still there").with(toHex(id)),
                    KC_TEXT("Token", "remove it with the token's own tool and check again")};
    }
}

LoginOutcome Token::Impl::logIn(Role role, std::optional<ByteView> pin, FinalTryConsent consent) {
    checkStillThere();
    const CK_STATE state = session.state();
    const bool userIn = state == CKS_RW_USER_FUNCTIONS || state == CKS_RO_USER_FUNCTIONS;
    const bool officerIn = state == CKS_RW_SO_FUNCTIONS;
    if (role == Role::User ? userIn : officerIn) {
        return LoginOutcome::LoggedIn;
    }
    if (userIn || officerIn) {
        throw Error{ErrorKind::Refused, KC_TEXT("Token", "login to token \"%1\"").with(session.tokenLabel()),
                    userIn ? KC_TEXT("Token", "the user is logged in; the security officer cannot be logged in beside")
                           : KC_TEXT("Token", "the security officer is logged in; the user cannot be logged in beside"),
                    KC_TEXT("Token", "log out first")};
    }
    if (role == Role::User && (token.info.flags & CKF_LOGIN_REQUIRED) == 0) {
        return LoginOutcome::LoggedIn;
    }
    const LoginOutcome outcome = tryLogin(session, role, pin, consent);
    if (outcome == LoginOutcome::LoggedIn) {
        loggedInHere = role;
    }
    return outcome;
}

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
    return m_impl->logIn(Role::SecurityOfficer, pin.view(), consent);
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
    checkLabel(request.label);
    m_impl->checkStillThere();
    const KeyPlan plan = planFor(request, randomKeyId());
    checkNameIsFree(m_impl->session, plan.label, plan.id);
    return m_impl->keep(generateKey(m_impl->session, m_impl->token.info, m_impl->quirks, plan), KeyOrigin::GeneratedHere);
}

KeyReference Token::find(const KeySelector& selector) {
    m_impl->checkStillThere();
    const auto found = findTargets(m_impl->session, selector);
    if (found.empty()) {
        throwNoSuchKey(m_impl->session, selector, loginState());
    }
    if (found.size() > 1) {
        throwSeveralKeys(m_impl->session, found, selector);
    }
    return KeyReference{m_impl->remember({.handle = found.front()})};
}

KeyDescription Token::describe(KeyReference key) const {
    return describeKey(m_impl->session, m_impl->known(key).handle, m_impl->token.info);
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

void Token::seal(KeyReference key) {
    m_impl->checkStillThere();
    sealKey(m_impl->session, m_impl->known(key).handle);
}

bool Token::enforcesExtractable() {
    return enforcesSeal(m_impl->session, m_impl->token.info, m_impl->quirks);
}

void Token::destroy(KeyReference key) {
    m_impl->checkStillThere();
    const KnownKey known = m_impl->known(key);
    const KeyDescription description = describe(key);
    const auto publicObject =
        description.objectClass == ObjectClass::PrivateKey ? m_impl->publicObject(known) : std::optional<CK_OBJECT_HANDLE>{};
    destroyObject(m_impl->session, known.handle);
    m_impl->keys.erase(key.number());
    m_impl->checkGone(known.handle, toCryptoki(description.objectClass).value_or(CKO_SECRET_KEY), description.id);
    if (publicObject) {
        destroyObject(m_impl->session, *publicObject);
        m_impl->checkGone(*publicObject, CKO_PUBLIC_KEY, description.id);
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
    checkLabel(request.label);
    m_impl->checkStillThere();
    checkNameIsFree(m_impl->session, request.label.str(), id);
    const BackupBlob backup{.blob = blob, .oaepBytes = transport.publicKey.modulus.size(), .recipe = recipe};
    const CK_OBJECT_HANDLE transportKey = m_impl->known(transport.privateKey).handle;
    return m_impl->keep(unwrapKey(m_impl->session, m_impl->token.info, transportKey, backup, planFor(request, id), publicKeyDer),
                        KeyOrigin::RestoredFromBackupHere);
}

KeyDescription Token::storeTrustedWrappingKey(const RsaPublicKey& publicKey, const ObjectLabel& label) {
    checkLabel(label);
    m_impl->checkStillThere();
    return storeTrustedKey(m_impl->session, m_impl->token.info, publicKey, label);
}

Token::ThrowAway Token::generateThrowAway(const KeyType& type) {
    m_impl->checkStillThere();
    const Bytes id = randomKeyId();
    MadeKey made = generateKey(m_impl->session, m_impl->token.info, m_impl->quirks,
                               KeyPlan{.type = type, .label = throwAwayLabel(id), .id = id});
    Bytes publicKeyDer = made.publicKey ? readPublicKey(m_impl->session, made.publicKey->get()) : Bytes{};
    const std::uint64_t number = nextNumber();
    m_impl->throwAways.emplace(number,
                               KnownKey{.handle = made.key.get(),
                                        .publicKey = made.publicKey ? made.publicKey->get() : CK_OBJECT_HANDLE{CK_INVALID_HANDLE},
                                        .origin = KeyOrigin::GeneratedHere});
    made.key.keep();
    if (made.publicKey) {
        made.publicKey->keep();
    }
    return {.key = ThrowAwayKey{number}, .label = throwAwayLabel(id), .id = id, .publicKeyDer = std::move(publicKeyDer)};
}

CheckValueOutcome Token::checkValue(const ThrowAwayKey& key) const {
    const auto entry = m_impl->throwAways.find(key.number());
    if (entry == m_impl->throwAways.end()) {
        throwUnknownReference();
    }
    return m_impl->checkValueOf(entry->second);
}

Bytes Token::wrapThrowAway(const ThrowAwayKey& key, const RsaPublicKey& ownWrappingKey, const WrapRecipe& recipe) {
    return wrapThrowAwayKey(m_impl->session, m_impl->handleOf(key), ownWrappingKey, recipe);
}

void Token::destroy(const ThrowAwayKey& key) {
    const auto entry = m_impl->throwAways.find(key.number());
    if (entry == m_impl->throwAways.end()) {
        throwUnknownReference();
    }
    const KnownKey known = entry->second;
    m_impl->throwAways.erase(entry);
    destroyObject(m_impl->session, known.handle);
    if (known.publicKey != CK_INVALID_HANDLE) {
        destroyObject(m_impl->session, known.publicKey);
    }
}

}  // namespace keyconvoy::pkcs11
