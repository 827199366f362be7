#include "app/ceremony/log_in.h"

#include "app/station/to_json.h"

#include <memory>
#include <utility>

namespace keyconvoy::app {

using namespace pkcs11;

namespace {

enum class Role : std::uint8_t { User, SecurityOfficer };

/// One login, asked for and tried once.
class LogIn {
public:
    LogIn(Role role, std::string prefix, std::function<Token&()> token)
        : m_role{role}, m_prefix{std::move(prefix)}, m_token{std::move(token)} {}

    std::optional<Question> run(const Answer* answer, Details& details) {
        if (answer == nullptr) {
            return begin(details);
        }
        if (answer->questionId == finalTryId()) {
            m_consent = FinalTryConsent::Given;
            return pinQuestion();
        }
        return afterTry(attempt(*answer), details);
    }

private:
    [[nodiscard]] bool officer() const { return m_role == Role::SecurityOfficer; }
    [[nodiscard]] std::string pinId() const { return m_prefix + (officer() ? ".security-officer-pin" : ".pin"); }
    [[nodiscard]] std::string padId() const { return m_prefix + (officer() ? ".security-officer-pin-pad" : ".pin-pad"); }
    [[nodiscard]] std::string finalTryId() const { return m_prefix + (officer() ? ".security-officer-final-try" : ".final-try"); }
    [[nodiscard]] Text place() const { return KC_TEXT("LogIn", "token %1").with(m_token().description().label); }
    [[nodiscard]] PinState pinState() const {
        const TokenDescription token = m_token().description();
        return officer() ? token.officerPin : token.userPin;
    }

    std::optional<Question> begin(Details& details) {
        const LoginState state = m_token().loginState();
        if (!officer() && state != LoginState::NotLoggedIn) {
            details.push_back({KC_TEXT("LogIn", "login"), inWords(state)});
            return std::nullopt;
        }
        switch (pinState()) {
            case PinState::Locked: throw locked();
            case PinState::NotInitialised: throw notInitialised();
            case PinState::FinalTry: return finalTryQuestion();
            case PinState::Fine:
            case PinState::CountLow:
            case PinState::ToBeChanged: break;
        }
        return pinQuestion();
    }

    [[nodiscard]] LoginOutcome attempt(const Answer& answer) const {
        if (answer.questionId == padId()) {
            return officer() ? m_token().logInAsSecurityOfficer({}, m_consent) : m_token().logInAtPinPad(m_consent);
        }
        if (answer.secret.empty()) {
            throw Error{ErrorKind::InvalidInput, place(),
                        officer() ? KC_TEXT("LogIn", "the security officer's PIN (SO) is empty; nothing was sent to the token")
                                  : KC_TEXT("LogIn", "the PIN is empty; nothing was sent to the token"),
                        KC_TEXT("LogIn", "start again and give the PIN")};
        }
        return officer() ? m_token().logInAsSecurityOfficer(answer.secret, m_consent) : m_token().logIn(answer.secret, m_consent);
    }

    std::optional<Question> afterTry(LoginOutcome outcome, Details& details) {
        switch (outcome) {
            case LoginOutcome::LoggedIn:
                details.push_back({KC_TEXT("LogIn", "login"), officer() ? KC_TEXT("LogIn", "logged in here as security officer")
                                                                        : KC_TEXT("LogIn", "logged in here")});
                return std::nullopt;
            case LoginOutcome::FinalTryNeedsConsent: return finalTryQuestion();
            case LoginOutcome::PinPadNeeded: return padQuestion();
            case LoginOutcome::PinNeeded: return secretQuestion();
            case LoginOutcome::WrongPin: throw wrongPin();
            case LoginOutcome::PinLocked: throw locked();
            case LoginOutcome::Cancelled:
                throw Error{ErrorKind::Cancelled, place(), KC_TEXT("LogIn", "the PIN entry was cancelled at the token's own pad"),
                            KC_TEXT("LogIn", "start again when you are ready")};
        }
        return std::nullopt;
    }

    [[nodiscard]] Question pinQuestion() const { return m_token().description().pinPad ? padQuestion() : secretQuestion(); }

    [[nodiscard]] Details tokenDetails() const {
        const TokenDescription token = m_token().description();
        return {{KC_TEXT("LogIn", "token"), token.label},
                {KC_TEXT("LogIn", "serial number"), token.serial.str()},
                {KC_TEXT("LogIn", "state of the PIN"), inWords(pinState())}};
    }

    [[nodiscard]] Question secretQuestion() const {
        if (!officer()) {
            return {pinId(), QuestionKind::UserPin, KC_TEXT("LogIn", "the PIN of the token"),
                    KC_TEXT("LogIn", "PIN of the token %1").with(m_token().description().label), tokenDetails()};
        }
        return {
            pinId(), QuestionKind::SecurityOfficerPin, KC_TEXT("LogIn", "the PIN of the security officer"),
            KC_TEXT("LogIn",
                    "security officer's PIN of the token %1. Some HSMs erase everything they hold after a few wrong tries; this "
                    "program tries once")
                .with(m_token().description().label),
            tokenDetails()};
    }

    [[nodiscard]] Question padQuestion() const {
        return {
            padId(), QuestionKind::PinPad, KC_TEXT("LogIn", "entering the PIN at the token's own pad"),
            KC_TEXT("LogIn",
                    "the token %1 takes the PIN of the %2 at its own pad. Go on, then enter it there, or let the cards go round; "
                    "the pad is waited for as long as it takes")
                .with(m_token().description().label)
                .with(officer()
                          ? KC_TEXT("LogIn", "security officer (one try; some HSMs erase everything after a few wrong ones)")
                          : KC_TEXT("LogIn", "user")),
            tokenDetails()};
    }

    [[nodiscard]] Question finalTryQuestion() const {
        return {finalTryId(), QuestionKind::Consent, KC_TEXT("LogIn", "the last try of the PIN"),
                officer()
                    ? KC_TEXT("LogIn",
                              "one try is left for the security officer's PIN of the token %1. A wrong one may lock the token "
                              "for ever or "
                              "erase it. Use the last try?")
                          .with(m_token().description().label)
                    : KC_TEXT("LogIn", "one try is left for the PIN of the token %1; a wrong one locks it. Use the last try?")
                          .with(m_token().description().label),
                tokenDetails()};
    }

    [[nodiscard]] Error wrongPin() const {
        return Error{Failure{
            .kind = ErrorKind::InvalidInput,
            .place = place(),
            .cause = (officer() ? KC_TEXT("LogIn", "the security officer's PIN (SO) is wrong; state of that PIN now: %1")
                                : KC_TEXT("LogIn", "the PIN is wrong; state of the PIN now: %1"))
                         .with(inWords(pinState())),
            .remedy = officer()
                          ? KC_TEXT("LogIn",
                                    "make sure of the security officer's PIN, which is not the user's, before you start "
                                    "again: it was tried once and not again, and some HSMs erase everything they hold "
                                    "after a few wrong tries")
                          : KC_TEXT("LogIn", "make sure of the PIN before you start again; it was tried once and not again"),
            .code = "CKR_PIN_INCORRECT",
            .serviceText = {},
            .requestId = {}}};
    }

    [[nodiscard]] Error locked() const {
        return Error{Failure{
            .kind = ErrorKind::Refused,
            .place = place(),
            .cause = officer() ? KC_TEXT("LogIn", "the security officer's PIN is locked") : KC_TEXT("LogIn", "the PIN is locked"),
            .remedy = officer() ? KC_TEXT("LogIn", "ask the vendor how this HSM is recovered")
                                : KC_TEXT("LogIn", "the security officer of this token can set a new PIN"),
            .code = "CKR_PIN_LOCKED",
            .serviceText = {},
            .requestId = {}}};
    }

    [[nodiscard]] Error notInitialised() const {
        return Error{ErrorKind::Refused, place(), KC_TEXT("LogIn", "no PIN has been set on this token yet"),
                     KC_TEXT("LogIn", "set the user's PIN with the vendor's tool first")};
    }

    Role m_role;
    std::string m_prefix;
    std::function<Token&()> m_token;
    FinalTryConsent m_consent = FinalTryConsent::NotGiven;
};

Step makeStepFor(Role role, std::string id, Text title, std::string prefix, std::function<Token&()> token) {
    const auto logIn = std::make_shared<LogIn>(role, std::move(prefix), std::move(token));
    return Step{std::move(id), std::move(title),
                [logIn](const Answer* answer, Details& details) { return logIn->run(answer, details); }};
}

}  // namespace

Step makeLogInStep(std::string prefix, std::function<Token&()> token) {
    std::string id = prefix + ".login";
    return makeStepFor(Role::User, std::move(id), KC_TEXT("LogIn", "log in to the token"), std::move(prefix), std::move(token));
}

Step makeSecurityOfficerLogInStep(std::string prefix, std::function<Token&()> token) {
    std::string id = prefix + ".security-officer-login";
    return makeStepFor(Role::SecurityOfficer, std::move(id), KC_TEXT("LogIn", "log in to the token as security officer"),
                       std::move(prefix), std::move(token));
}

}  // namespace keyconvoy::app
