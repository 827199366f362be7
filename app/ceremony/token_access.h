#pragma once

#include "app/ceremony/job.h"
#include "app/ceremony/log_in.h"
#include "app/station/station.h"

#include <memory>
#include <optional>

namespace keyconvoy::app {

/// The steps that every job with a token begins with: load the module, open the token, log in. Shared by the jobs; owns the
/// Token. Its steps refer to it, so it stays where it is.
class TokenAccess {
public:
    explicit TokenAccess(TokenStation station) : m_station{std::move(station)} {}
    TokenAccess(const TokenAccess&) = delete;
    TokenAccess& operator=(const TokenAccess&) = delete;
    ~TokenAccess() = default;

    /// "token.open": loads the module and opens the token.
    [[nodiscard]] Step openStep(const std::string& prefix = "token");
    /// "token.login": asks "token.pin" (or "token.pin-pad", "token.final-try"), tries once; a session found logged in is used and
    /// said to be logged in outside. A wrong PIN ends the job: a PIN is never tried again unasked.
    [[nodiscard]] Step logInStep(const std::string& prefix = "token");

    [[nodiscard]] pkcs11::Token& token();  ///< after openStep
    [[nodiscard]] const pkcs11::Token& token() const;
    [[nodiscard]] const TokenStation& station() const noexcept { return m_station; }

private:
    void checkOpen() const;

    TokenStation m_station;
    std::shared_ptr<pkcs11::Module> m_module;
    std::optional<pkcs11::Token> m_token;
};

}  // namespace keyconvoy::app
