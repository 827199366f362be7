#include "app/station/qualifier.h"

#include "core/hex.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {

using wrapping::qualification::Attempt;
using wrapping::qualification::Combination;
using wrapping::qualification::Result;
using wrapping::qualification::ThrowAwayRecord;

namespace {

Json attemptRow(const Attempt& attempt) {
    return {{"recipe", pkcs11::describe(attempt.recipe)},
            {"qualified", attempt.qualified},
            {"reason", toEnglish(attempt.reason)},
            {"code", attempt.code}};
}

}  // namespace

Qualifier::Qualifier(const std::optional<std::filesystem::path>& folder, KeptResults keptResults)
    : m_store{folder}, m_keptResults{keptResults} {
}

std::optional<Result> Qualifier::kept(const pkcs11::Token& token, const Combination& combination) const {
    if (m_keptResults == KeptResults::RunAgain) {
        return std::nullopt;
    }
    return m_store.find(wrapping::qualification::identityOf(token), combination);
}

Result Qualifier::run(pkcs11::Token& token, const Combination& combination, const RunContext& context) {
    context.progress(KC_TEXT("Qualifier", "trying %1 with throw-away keys").with(describe(combination)));
    Result result = wrapping::qualification::qualify(token, combination, context.clock);
    try {
        m_store.keep(result);
    } catch (const Error& error) {
        m_findings.push_back({FindingLevel::Warning,
                              KC_TEXT("Qualifier", "the result for %1 could not be kept: %2")
                                  .with(describe(combination))
                                  .with(error.failure().cause),
                              error.failure().remedy});
    }
    return result;
}

Question throwAwayQuestion(const pkcs11::TokenDescription& token, const std::vector<Combination>& combinations) {
    Details details;
    details.push_back({KC_TEXT("Qualifier", "token"), token.label + ", serial " + token.serial.str()});
    for (const Combination& combination : combinations) {
        std::string keys;
        for (const std::string& key : wrapping::qualification::throwAwayKeysFor(combination)) {
            keys += (keys.empty() ? "" : ", ") + key;
        }
        details.push_back({KC_TEXT("Qualifier", "for %1").with(describe(combination)), std::move(keys)});
    }
    return {
        "qualification.throw-away-keys", QuestionKind::Confirmation,
        KC_TEXT("Qualifier",
                "What this token can wrap is found out by trying: it generates these throw-away keys, wraps them under a key of "
                "this program, which opens them, and destroys them again. No key that is kept takes part. They appear in "
                "the HSM's audit log; their IDs and times are in the result. Go on?"),
        std::move(details)};
}

std::string describe(const Combination& combination) {
    std::string text{nameOf(wrapping::keySpecNames, combination.keySpec)};
    text += " by ";
    text += nameOf(wrapping::wrappingAlgorithmNames, combination.choice.algorithm);
    text += " under ";
    text += nameOf(wrapping::wrappingKeySpecNames, combination.choice.keySpec);
    return text;
}

Details qualificationDetails(const Result& result) {
    Details details{{KC_TEXT("Qualifier", "can this token wrap it"),
                     result.chosen ? KC_TEXT("Qualifier", "yes") : KC_TEXT("Qualifier", "no")},
                    {KC_TEXT("Qualifier", "reason"), result.explanation}};
    if (result.chosen) {
        details.push_back({KC_TEXT("Qualifier", "wrapped with"), pkcs11::describe(*result.chosen)});
    }
    details.push_back({KC_TEXT("Qualifier", "tried on"), toRfc3339(result.date), DetailKind::Time});
    for (const ThrowAwayRecord& key : result.throwAwayKeys) {
        details.push_back({KC_TEXT("Qualifier", "throw-away key"), KC_TEXT("Qualifier", "%1, ID %2, destroyed again at %3")
                                                                       .with(key.typeName)
                                                                       .with(toHex(key.id))
                                                                       .with(toRfc3339(key.destroyedAt))});
    }
    return details;
}

Json toJson(const ThrowAwayRecord& key) {
    return {{"type", key.typeName},
            {"label", key.label},
            {"id", toHex(key.id)},
            {"generatedAt", toRfc3339Milliseconds(key.generatedAt)},
            {"destroyedAt", toRfc3339Milliseconds(key.destroyedAt)}};
}

Json qualificationRow(const Result& result, bool reused) {
    Json attempts = Json::array();
    for (const Attempt& attempt : result.attempts) {
        attempts.push_back(attemptRow(attempt));
    }
    Json throwAwayKeys = Json::array();
    for (const ThrowAwayRecord& key : result.throwAwayKeys) {
        throwAwayKeys.push_back(toJson(key));
    }
    return {{"keySpec", nameOf(wrapping::keySpecNames, result.combination.keySpec)},
            {"wrappingAlgorithm", nameOf(wrapping::wrappingAlgorithmNames, result.combination.choice.algorithm)},
            {"wrappingKeySpec", nameOf(wrapping::wrappingKeySpecNames, result.combination.choice.keySpec)},
            {"qualified", result.chosen.has_value()},
            {"reason", toEnglish(result.explanation)},
            {"recipe", result.chosen ? Json(pkcs11::describe(*result.chosen)) : Json(nullptr)},
            {"date", toRfc3339(result.date)},
            {"reused", reused},
            {"attempts", std::move(attempts)},
            {"throwAwayKeys", std::move(throwAwayKeys)}};
}

}  // namespace keyconvoy::app
