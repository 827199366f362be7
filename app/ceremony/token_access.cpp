#include "app/ceremony/token_access.h"

#include "app/station/to_json.h"

namespace keyconvoy::app {

Step TokenAccess::openStep(const std::string& prefix) {
    return makeStep(prefix + ".open", KC_TEXT("TokenAccess", "open the token"), [this](Details& details) {
        m_module = pkcs11::Module::load(m_station.module);
        m_token = pkcs11::Token::open(m_module, m_station.token);
        const pkcs11::ModuleDescription& module = m_module->description();
        const pkcs11::TokenDescription token = m_token->description();
        details.push_back({KC_TEXT("TokenAccess", "module"), module.path});
        details.push_back({KC_TEXT("TokenAccess", "module, SHA-256"), module.sha256.hex()});
        details.push_back({KC_TEXT("TokenAccess", "token"), token.label});
        details.push_back({KC_TEXT("TokenAccess", "serial number"), token.serial.str()});
        details.push_back({KC_TEXT("TokenAccess", "model"), token.model});
        details.push_back({KC_TEXT("TokenAccess", "firmware"), token.firmwareVersion});
        details.push_back({KC_TEXT("TokenAccess", "kind of token"), kindInWords(token)});
    });
}

Step TokenAccess::logInStep(const std::string& prefix) {
    return makeLogInStep(prefix, [this]() -> pkcs11::Token& { return token(); });
}

void TokenAccess::checkOpen() const {
    if (!m_token) {
        throw Error{ErrorKind::Internal, KC_TEXT("TokenAccess", "token"),
                    KC_TEXT("TokenAccess", "it is used before it was opened"), KC_TEXT("TokenAccess", "report this as a defect")};
    }
}

pkcs11::Token& TokenAccess::token() {
    checkOpen();
    return *m_token;
}

const pkcs11::Token& TokenAccess::token() const {
    checkOpen();
    return *m_token;
}

}  // namespace keyconvoy::app
