#include "app/station/doctor_checks.h"

#include "app/station/to_json.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace keyconvoy::app {
namespace {

using pkcs11::PinState;

/// What the main job may use; which of them it needs depends on the key.
constexpr std::array<std::string_view, 10> relevantMechanisms{
    "CKM_AES_KEY_GEN",      "CKM_GENERIC_SECRET_KEY_GEN",  "CKM_RSA_PKCS_KEY_PAIR_GEN",
    "CKM_EC_KEY_PAIR_GEN",  "CKM_EC_EDWARDS_KEY_PAIR_GEN", "CKM_RSA_PKCS_OAEP",
    "CKM_RSA_AES_KEY_WRAP", "CKM_AES_KEY_WRAP_KWP",        "CKM_AES_KEY_WRAP_PAD",
    "CKM_AES_CMAC",
};

Finding findingOnPin(PinState state) {
    switch (state) {
        case PinState::Fine: return {FindingLevel::Note, KC_TEXT("Doctor", "PIN: fine, as the token's flags say"), {}};
        case PinState::CountLow:
            return {FindingLevel::Warning, KC_TEXT("Doctor", "PIN: a wrong one was entered since the last login"),
                    KC_TEXT("Doctor", "make sure of the PIN before the next try; a good login clears this")};
        case PinState::FinalTry:
            return {FindingLevel::Warning, KC_TEXT("Doctor", "PIN: one more wrong try locks it"),
                    KC_TEXT("Doctor", "make sure of the PIN; this program sends it only after you agreed to the final try")};
        case PinState::Locked:
            return {FindingLevel::Problem, KC_TEXT("Doctor", "PIN: locked"),
                    KC_TEXT("Doctor", "the security officer of this token sets a new one with the vendor's tool")};
        case PinState::ToBeChanged:
            return {FindingLevel::Problem, KC_TEXT("Doctor", "PIN: must be changed before the token can be used"),
                    KC_TEXT("Doctor", "change it with the vendor's tool")};
        case PinState::NotInitialised:
            return {FindingLevel::Problem, KC_TEXT("Doctor", "PIN: not set"),
                    KC_TEXT("Doctor", "the security officer of this token sets it with the vendor's tool")};
    }
    return {};
}

Text listOf(std::vector<Text> names) {
    return names.empty() ? KC_TEXT("Doctor", "none") : joinedByCommas(std::move(names));
}

}  // namespace

Finding problemFrom(const Failure& failure) {
    const std::string code = failure.code.empty() ? "" : " (" + failure.code + ")";
    return {FindingLevel::Problem, KC_TEXT("Doctor", "%1: %2%3").with(failure.place).with(failure.cause).with(code),
            failure.remedy};
}

Findings findingsOn(const pkcs11::TokenDescription& token, pkcs11::LoginState login) {
    Findings findings;
    if (token.software) {
        findings.push_back({FindingLevel::Warning,
                            KC_TEXT("Doctor", "token: software. Its keys are files of this user and memory of this process"),
                            KC_TEXT("Doctor", "good for rehearsals and tests; for keys that count use a hardware token")});
    }
    if (!token.initialised) {
        findings.push_back({FindingLevel::Problem, KC_TEXT("Doctor", "the token is not initialised"),
                            KC_TEXT("Doctor", "initialise it with the vendor's tool")});
    }
    if (token.writeProtected) {
        findings.push_back({FindingLevel::Problem,
                            KC_TEXT("Doctor", "the token is write-protected: no key can be generated on it"),
                            KC_TEXT("Doctor", "take the protection off with the vendor's tool, or choose another token")});
    }
    if (login == pkcs11::LoginState::LoggedInOutside) {
        findings.push_back({FindingLevel::Warning,
                            KC_TEXT("Doctor", "logged in outside: something else has logged in to this token already"),
                            KC_TEXT("Doctor", "make sure that this is the vendor's helper you expect")});
    }
    if (token.loginRequired) {
        findings.push_back(findingOnPin(token.userPin));
    } else {
        findings.push_back({FindingLevel::Warning,
                            KC_TEXT("Doctor", "the token asks for no login: whoever reaches it can use its keys"),
                            KC_TEXT("Doctor", "set a PIN with the vendor's tool")});
    }
    return findings;
}

Findings findingsOn(const std::vector<pkcs11::Mechanism>& mechanisms) {
    std::vector<Text> listed;
    std::vector<Text> missing;
    for (const std::string_view name : relevantMechanisms) {
        const bool found = std::ranges::find(mechanisms, name, &pkcs11::Mechanism::name) != mechanisms.end();
        (found ? listed : missing).push_back(verbatim(std::string{name}));
    }
    return {{FindingLevel::Note, KC_TEXT("Doctor", "mechanisms listed: %1").with(listOf(std::move(listed))), {}},
            {FindingLevel::Note, KC_TEXT("Doctor", "mechanisms not listed: %1").with(listOf(std::move(missing))),
             KC_TEXT("Doctor",
                     "tokens list what they cannot do and leave out what they can: trying with throw-away keys finds out (%1)")
                 .with(typedAs("`keyconvoy token qualify`"))}};
}

Finding findingOnClock(std::chrono::seconds offset) {
    const std::uint64_t seconds = static_cast<std::uint64_t>(std::chrono::abs(offset).count());
    const Text what = offset.count() < 0 ? KC_TEXT("Doctor", "this machine's clock is %1 s ahead of the server's").with(seconds)
                                         : KC_TEXT("Doctor", "this machine's clock is %1 s behind the server's").with(seconds);
    if (seconds <= 5) {
        return {FindingLevel::Note, what, {}};
    }
    const bool refused = seconds > 300;
    return {
        refused ? FindingLevel::Problem : FindingLevel::Warning, what,
        KC_TEXT("Doctor",
                "set the clock; AWS refuses requests signed more than five minutes off, and expiry times are reckoned from it")};
}

}  // namespace keyconvoy::app
