#pragma once

#include "app/ceremony/job.h"
#include "app/station/station.h"

#include <memory>
#include <optional>

namespace keyconvoy::app {

/// The steps that every job with a token begins with: load the module, open the token, log in. Shared by the jobs; owns the Token.
class TokenAccess {
public:
    explicit TokenAccess(TokenStation station) : m_station{std::move(station)} {}

    /// "token.open": loads the module and opens the token.
    [[nodiscard]] Step openStep();
    /// "token.login": asks "token.pin" (or "token.pin-pad", "token.final-try"), tries once; a session found logged in is used and said to be
    /// logged in outside. A wrong PIN ends the job: a PIN is never tried again unasked.
    [[nodiscard]] Step logInStep();

    [[nodiscard]] pkcs11::Token& token();  ///< after openStep
    [[nodiscard]] const TokenStation& station() const noexcept { return m_station; }

private:
    TokenStation m_station;
    std::shared_ptr<pkcs11::Module> m_module;
    std::optional<pkcs11::Token> m_token;
    bool m_finalTryAllowed = false;
};

/// The login step for any open token; `prefix` distinguishes the two tokens of a backup ("token", "backup-token").
[[nodiscard]] Step makeLogInStep(std::string prefix, std::function<pkcs11::Token&()> token);

}  // namespace keyconvoy::app
