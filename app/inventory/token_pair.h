#pragma once

#include "app/ceremony/job.h"
#include "app/station/station.h"
#include "pkcs11/token.h"

#include <memory>
#include <optional>

namespace keyconvoy::app {

/// Two tokens open at once: of two modules, or of one. Its steps refer to it, so it stays where it is.
class TwoTokens {
public:
    TwoTokens(TokenStation first, TokenStation second) : m_firstStation{std::move(first)}, m_secondStation{std::move(second)} {}
    TwoTokens(const TwoTokens&) = delete;
    TwoTokens& operator=(const TwoTokens&) = delete;
    ~TwoTokens() = default;

    [[nodiscard]] Step openFirstStep();  ///< "token.open"
    /// "backup-token.open". One library is loaded once per process (Cryptoki is initialised per process), so with the same
    /// library both tokens share it; asked for with other settings it is refused. The same token twice is refused.
    [[nodiscard]] Step openSecondStep();

    [[nodiscard]] pkcs11::Token& first() { return m_first.value(); }
    [[nodiscard]] pkcs11::Token& second() { return m_second.value(); }

private:
    [[nodiscard]] std::shared_ptr<pkcs11::Module> secondModule() const;

    TokenStation m_firstStation;
    TokenStation m_secondStation;
    std::shared_ptr<pkcs11::Module> m_module;  ///< the first token's
    std::optional<pkcs11::Token> m_first;
    std::optional<pkcs11::Token> m_second;
};

}  // namespace keyconvoy::app
