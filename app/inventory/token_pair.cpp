#include "app/inventory/token_pair.h"

#include "core/text.h"

#include <algorithm>

namespace keyconvoy::app {
namespace {

using pkcs11::ModuleProfile;
using pkcs11::ModuleVariable;

bool sameLibrary(const ModuleProfile& one, const ModuleProfile& other) {
    std::error_code notThere;
    return one.library == other.library || std::filesystem::equivalent(one.library, other.library, notThere);
}

bool sameSettings(const ModuleProfile& one, const ModuleProfile& other) {
    const auto equal = [](const ModuleVariable& a, const ModuleVariable& b) { return a.name == b.name && a.value == b.value; };
    return one.initString == other.initString && std::ranges::equal(one.environment, other.environment, equal);
}

void describeToken(const pkcs11::TokenDescription& token, Details& details) {
    details.push_back({KC_TEXT("TwoTokens", "token"), token.label});
    details.push_back({KC_TEXT("TwoTokens", "serial number"), token.serial.str()});
    details.push_back({KC_TEXT("TwoTokens", "model"), token.model});
}

}  // namespace

Step TwoTokens::openFirstStep() {
    return makeStep("token.open", KC_TEXT("TwoTokens", "open the token"), [this](Details& details) {
        m_module = pkcs11::Module::load(m_firstStation.module);
        m_first = pkcs11::Token::open(m_module, m_firstStation.token);
        describeToken(m_first->description(), details);
    });
}

Step TwoTokens::openSecondStep() {
    return makeStep("backup-token.open", KC_TEXT("TwoTokens", "open the backup token"), [this](Details& details) {
        m_second = pkcs11::Token::open(secondModule(), m_secondStation.token);
        const pkcs11::TokenDescription one = m_first->description();
        const pkcs11::TokenDescription other = m_second->description();
        if (one.serial == other.serial && one.model == other.model && one.slotDescription == other.slotDescription) {
            throw Error{
                ErrorKind::Refused, KC_TEXT("TwoTokens", "backup token"),
                KC_TEXT("TwoTokens", "it is the token that holds the key: %1, serial %2").with(one.label).with(one.serial.str()),
                KC_TEXT("TwoTokens", "name another token with %1; a copy on the same token is no backup").with(typedAs("--to"))};
        }
        describeToken(other, details);
    });
}

std::shared_ptr<pkcs11::Module> TwoTokens::secondModule() const {
    if (!sameLibrary(m_firstStation.module, m_secondStation.module)) {
        return pkcs11::Module::load(m_secondStation.module);
    }
    if (!sameSettings(m_firstStation.module, m_secondStation.module)) {
        throw Error{ErrorKind::Refused, KC_TEXT("TwoTokens", "backup token's module"),
                    KC_TEXT("TwoTokens", "%1 is loaded already with other settings, and a module can be loaded once per process")
                        .with(m_secondStation.module.library.string()),
                    KC_TEXT("TwoTokens", "let one setting show both tokens, or back up to a token of another module")};
    }
    return m_module;
}

}  // namespace keyconvoy::app
