#include "pkcs11/token_impl.h"

#include "pkcs11/check_value.h"
#include "pkcs11/key_search.h"
#include "pkcs11/public_key.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <utility>

namespace keyconvoy::pkcs11 {

namespace {

/// Never given out twice in a process, so that a reference of one Token means nothing to another.
std::uint64_t nextNumber() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

[[noreturn]] void throwUnknownReference() {
    throw Error{ErrorKind::Internal, KC_TEXT("Token", "key reference"),
                KC_TEXT("Token", "this reference names no key of this token: the key was destroyed, or belongs to another token"),
                KC_TEXT("Token", "report this as a defect")};
}

/// From here on the objects stay; the guards let go of them.
KnownKey takeOver(MadeKey& made, KeyOrigin origin) {
    KnownKey key{.handle = made.key.keep(), .publicKey = CK_INVALID_HANDLE, .origin = origin, .type = made.description.type};
    if (made.publicKey) {
        key.publicKey = made.publicKey->keep();
    }
    return key;
}

}  // namespace

const KnownKey& Token::Impl::known(KeyReference key) const {
    const auto entry = keys.find(key.number());
    if (entry == keys.end()) {
        throwUnknownReference();
    }
    return entry->second;
}

const KnownKey& Token::Impl::known(const ThrowAwayKey& key) const {
    const auto entry = throwAways.find(key.number());
    if (entry == throwAways.end()) {
        throwUnknownReference();
    }
    return entry->second;
}

std::uint64_t Token::Impl::remember(CK_OBJECT_HANDLE found) {
    const auto same = std::ranges::find_if(keys, [&](const auto& entry) { return entry.second.handle == found; });
    if (same != keys.end()) {
        return same->first;
    }
    const std::uint64_t number = nextNumber();
    keys[number].handle = found;
    return number;
}

GeneratedKey Token::Impl::keep(MadeKey made, KeyOrigin origin) {
    const std::uint64_t number = nextNumber();
    keys.emplace(number, takeOver(made, origin));
    return {.key = KeyReference{number}, .description = std::move(made.description), .findings = std::move(made.findings)};
}

std::uint64_t Token::Impl::keepThrowAway(MadeKey made) {
    const std::uint64_t number = nextNumber();
    throwAways.emplace(number, takeOver(made, KeyOrigin::GeneratedHere));
    return number;
}

std::optional<CK_OBJECT_HANDLE> Token::Impl::publicObject(const KnownKey& key) const {
    if (key.publicKey != CK_INVALID_HANDLE) {
        return key.publicKey;
    }
    return findPublicHalf(session, key.handle);
}

CheckValueOutcome Token::Impl::checkValueOf(const KnownKey& key) const {
    if (classOf(session, key.handle) == CK_OBJECT_CLASS{CKO_SECRET_KEY}) {
        return secretKeyCheckValue(session, key.handle, key.type);
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

}  // namespace keyconvoy::pkcs11
