#include "app/station/token_jobs.h"

#include "app/station/to_json.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {
namespace {

Json toJson(const pkcs11::Mechanism& mechanism) {
    return {{"name", mechanism.name},
            {"minKeySize", mechanism.minKeySize},
            {"maxKeySize", mechanism.maxKeySize},
            {"abilities", mechanism.abilities}};
}

}  // namespace

TokenList listTokens(const pkcs11::ModuleProfile& module) {
    const std::shared_ptr<pkcs11::Module> loaded = pkcs11::Module::load(module);
    return {loaded->description(), loaded->tokens()};
}

Json toJson(const TokenList& list) {
    Json tokens = Json::array();
    for (const pkcs11::TokenDescription& token : list.tokens) {
        tokens.push_back(toJson(token));
    }
    return {{"module", toJson(list.module)}, {"tokens", std::move(tokens)}};
}

TokenDetails showToken(const TokenStation& station) {
    const std::shared_ptr<pkcs11::Module> module = pkcs11::Module::load(station.module);
    const pkcs11::Token token = pkcs11::Token::open(module, station.token);
    return {module->description(), token.description(), token.loginState(), token.mechanisms()};
}

Json toJson(const TokenDetails& details) {
    Json token = toJson(details.token);
    token["login"] = toEnglish(inWords(details.login));
    Json mechanisms = Json::array();
    for (const pkcs11::Mechanism& mechanism : details.mechanisms) {
        mechanisms.push_back(toJson(mechanism));
    }
    return {{"module", toJson(details.module)},
            {"token", std::move(token)},
            {"mechanisms", std::move(mechanisms)},
            {"mechanismsNote",
             "as the token lists them; tokens list what they cannot do and leave out what they can: only `keyconvoy token "
             "qualify` shows it"}};
}

}  // namespace keyconvoy::app
