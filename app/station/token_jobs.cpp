#include "app/station/token_jobs.h"

#include "app/station/qualifier.h"
#include "app/station/to_json.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {
namespace {

using wrapping::qualification::Combination;
using wrapping::qualification::Result;

TokenDetails detailsOf(const pkcs11::Token& token) {
    return {token.module().description(), token.description(), token.loginState(), token.mechanisms()};
}

/// Whatever KMS takes at all.
std::vector<Combination> allCombinations() {
    std::vector<Combination> combinations;
    for (const auto& spec : wrapping::keySpecNames) {
        for (const auto& algorithm : wrapping::wrappingAlgorithmNames) {
            for (const auto& wrappingKey : wrapping::wrappingKeySpecNames) {
                const wrapping::WrappingChoice choice{algorithm.value, wrappingKey.value};
                if (wrapping::accepts(spec.value, choice)) {
                    combinations.push_back({spec.value, choice});
                }
            }
        }
    }
    return combinations;
}

Json mechanismAsJson(const pkcs11::Mechanism& mechanism) {
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
    return detailsOf(pkcs11::Token::open(pkcs11::Module::load(station.module), station.token));
}

TokenSurvey surveyToken(const TokenStation& station, const std::optional<std::filesystem::path>& folder) {
    const pkcs11::Token token = pkcs11::Token::open(pkcs11::Module::load(station.module), station.token);
    const Qualifier qualifier{folder};
    TokenSurvey survey{detailsOf(token), {}};
    for (const Combination& combination : allCombinations()) {
        if (std::optional<Result> kept = qualifier.kept(token, combination)) {
            survey.qualifications.push_back(*std::move(kept));
        }
    }
    return survey;
}

Json toJson(const TokenDetails& details) {
    Json token = toJson(details.token);
    token["login"] = toEnglish(inWords(details.login));
    Json mechanisms = Json::array();
    for (const pkcs11::Mechanism& mechanism : details.mechanisms) {
        mechanisms.push_back(mechanismAsJson(mechanism));
    }
    return {{"module", toJson(details.module)},
            {"token", std::move(token)},
            {"mechanisms", std::move(mechanisms)},
            {"mechanismsNote",
             "as the token lists them; tokens list what they cannot do and leave out what they can: only `keyconvoy token "
             "qualify` shows it"}};
}

}  // namespace keyconvoy::app
