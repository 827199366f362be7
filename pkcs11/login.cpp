#include "pkcs11/login.h"

#include "pkcs11/token_info.h"

#include <array>
#include <atomic>
#include <openssl/crypto.h>

namespace keyconvoy::pkcs11 {

namespace {

CK_TOKEN_INFO tokenInfo(const Session& session) {
    CK_TOKEN_INFO info{};
    session.check(session.functions().C_GetTokenInfo(session.slot(), &info), "C_GetTokenInfo");
    return info;
}

Text loginPlace(const Session& session) {
    return KC_TEXT("Login", "login to token \"%1\"").with(session.tokenLabel());
}

/// What the flags say before anything is sent; empty when one try may be made.
std::optional<LoginOutcome> refusedByFlags(const Session& session, PinState state, FinalTryConsent consent) {
    switch (state) {
        case PinState::Locked: return LoginOutcome::PinLocked;
        case PinState::FinalTry:
            return consent == FinalTryConsent::Given ? std::nullopt : std::optional{LoginOutcome::FinalTryNeedsConsent};
        case PinState::NotInitialised:
            throw Error{ErrorKind::Refused, loginPlace(session), KC_TEXT("Login", "the token has no PIN for this role yet"),
                        KC_TEXT("Login", "initialise the token and its PIN with the token's own tool")};
        case PinState::Fine:
        case PinState::CountLow:
        case PinState::ToBeChanged: break;
    }
    return std::nullopt;
}

/// A NULL PIN is never sent to a token without a pad (it may cost a try), nor a PIN to one with a pad.
std::optional<LoginOutcome> refusedByPad(CK_FLAGS flags, const std::optional<ByteView>& pin) {
    const bool pad = (flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
    if (pad) {
        return pin ? std::optional{LoginOutcome::PinPadNeeded} : std::nullopt;
    }
    return pin && !pin->empty() ? std::nullopt : std::optional{LoginOutcome::PinNeeded};
}

/// Some HSMs erase everything after a few wrong tries of the security officer, so a process gets one.
void takeTheOfficersOnlyTry(const Session& session) {
    static std::atomic_flag taken;
    if (taken.test_and_set()) {
        throw Error{
            ErrorKind::Refused, loginPlace(session),
            KC_TEXT(
                "Login",
                "the security officer has had one try in this run already; some HSMs erase everything after a few wrong ones"),
            KC_TEXT("Login", "make sure of the PIN, then start the program again")};
    }
}

LoginOutcome toOutcome(const Session& session, CK_RV code) {
    switch (code) {
        case CKR_OK:
        case CKR_USER_ALREADY_LOGGED_IN: return LoginOutcome::LoggedIn;
        case CKR_PIN_INCORRECT:
        case CKR_PIN_INVALID:
        case CKR_PIN_LEN_RANGE: return LoginOutcome::WrongPin;
        case CKR_PIN_LOCKED: return LoginOutcome::PinLocked;
        case CKR_FUNCTION_CANCELED:
        case CKR_CANCEL: return LoginOutcome::Cancelled;
        default: session.check(code, "C_Login"); return LoginOutcome::WrongPin;
    }
}

/// Modules copy the PIN to their stack, and not all wipe it (NSS softokn 3.87: 10 KB below). On a thread that does nothing after
/// the login it would stay there.
[[gnu::noinline]] void wipeStackBelow() {
    std::array<unsigned char, 65'536> below;  // NOLINT(cppcoreguidelines-pro-type-member-init): its contents are what is wiped
    OPENSSL_cleanse(below.data(), below.size());
}

}  // namespace

LoginOutcome tryLogin(const Session& session, Role role, std::optional<ByteView> pin, FinalTryConsent consent) {
    const CK_FLAGS flags = tokenInfo(session).flags;
    const PinState state = role == Role::User ? userPinState(flags) : officerPinState(flags);
    if (const auto refused = refusedByFlags(session, state, consent)) {
        return *refused;
    }
    if (const auto refused = refusedByPad(flags, pin)) {
        return *refused;
    }
    if (role == Role::SecurityOfficer) {
        takeTheOfficersOnlyTry(session);
    }
    auto* octets = pin ? withoutConst(pin->data()) : nullptr;
    const CK_USER_TYPE user = role == Role::User ? CKU_USER : CKU_SO;
    const CK_RV code = session.functions().C_Login(session.handle(), user, octets, pin ? pin->size() : 0);
    wipeStackBelow();
    return toOutcome(session, code);
}

Text securityOfficerLoginWarning() {
    return KC_TEXT("Login",
                   "This is the security officer's login (SO), not the user's. Some HSMs erase all keys after a few wrong tries. "
                   "One try is made; this run will not make another.");
}

}  // namespace keyconvoy::pkcs11
