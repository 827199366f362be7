#include "app/station/qualifier.h"

#include "app/station/to_json.h"
#include "core/hex.h"
#include "core/text.h"
#include "pkcs11/in_words.h"

#include <algorithm>
#include <array>
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

/// These may pass: with them, a no holds for the moment only.
constexpr std::array<std::string_view, 6> passingCodes{"CKR_HOST_MEMORY",   "CKR_DEVICE_MEMORY",   "CKR_DEVICE_ERROR",
                                                       "CKR_GENERAL_ERROR", "CKR_FUNCTION_FAILED", "CKR_SESSION_COUNT"};

bool isWorthKeeping(const Result& result) {
    return result.chosen || std::ranges::none_of(result.attempts, [](const Attempt& attempt) {
               return std::ranges::find(passingCodes, attempt.code) != passingCodes.end();
           });
}

bool wasDestroyed(const ThrowAwayRecord& key) {
    return key.destroyedAt != TimePoint{};
}

Text eitherOf(const std::vector<wrapping::WrappingAlgorithm>& algorithms) {
    std::vector<Text> names;
    names.reserve(algorithms.size());
    for (const wrapping::WrappingAlgorithm algorithm : algorithms) {
        names.push_back(verbatim(std::string{nameOf(wrapping::wrappingAlgorithmNames, algorithm)}));
    }
    return joined(std::move(names), KC_TEXT("Qualifier", "%1 or %2"));
}

Text qualifyingCommand(const Combination& combination) {
    return typedAs("keyconvoy token qualify --key-spec %1 --wrapping-algorithm %2 --wrapping-key-spec %3, for the same token")
        .with(nameOf(wrapping::keySpecNames, combination.keySpec))
        .with(nameOf(wrapping::wrappingAlgorithmNames, combination.choice.algorithm))
        .with(nameOf(wrapping::wrappingKeySpecNames, combination.choice.keySpec));
}

bool needsPermission(wrapping::WrappingAlgorithm algorithm) {
    return hashOf(algorithm) == pkcs11::OaepHash::Sha1;
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

Qualifier::OtherAlgorithms Qualifier::othersOnRecord(const pkcs11::Token& token, const Combination& combination) const {
    OtherAlgorithms others;
    for (const auto& row : wrapping::wrappingAlgorithmNames) {
        const Combination other{combination.keySpec, {row.value, combination.choice.keySpec}};
        if (other == combination || !accepts(other.keySpec, other.choice)) {
            continue;
        }
        const auto result = m_store.find(wrapping::qualification::identityOf(token), other);
        if (!result) {
            others.unknown.push_back(row.value);
        } else if (result->chosen) {
            others.shown.push_back(row.value);
        }
    }
    return others;
}

Result Qualifier::run(pkcs11::Token& token, const Combination& combination, const RunContext& context) {
    context.progress(KC_TEXT("Qualifier", "trying %1 with throw-away keys").with(inWords(combination)));
    Result result = wrapping::qualification::qualify(token, combination, context.clock, m_throwAwayKeys);
    if (!isWorthKeeping(result)) {
        return result;
    }
    try {
        m_store.keep(result);
    } catch (const Error& error) {
        m_findings.push_back({FindingLevel::Warning,
                              KC_TEXT("Qualifier", "the result for %1 could not be kept: %2")
                                  .with(inWords(combination))
                                  .with(error.failure().cause),
                              error.failure().remedy});
    }
    return result;
}

Question throwAwayQuestion(const pkcs11::TokenDescription& token, const std::vector<Combination>& combinations) {
    Details details;
    details.push_back(
        {KC_TEXT("Qualifier", "token"), KC_TEXT("Qualifier", "%1, serial %2").with(token.label).with(token.serial.str())});
    for (const Combination& combination : combinations) {
        details.push_back({KC_TEXT("Qualifier", "for %1").with(inWords(combination)),
                           joinedByCommas(wrapping::qualification::throwAwayKeysFor(combination))});
    }
    return {
        "qualification.throw-away-keys", QuestionKind::Confirmation, KC_TEXT("Qualifier", "making throw-away keys on the token"),
        KC_TEXT("Qualifier",
                "What this token can wrap is found out by trying: it generates these throw-away keys, wraps them under a key of "
                "this program, which opens them, and destroys them again. No key that is kept takes part. They appear in "
                "the HSM's audit log; their IDs and times are in the result. Go on?"),
        std::move(details)};
}

Text adviceAfterRefusal(const Combination& combination, const Qualifier::OtherAlgorithms& others) {
    if (!others.shown.empty()) {
        return std::ranges::all_of(others.shown, needsPermission)
                   ? KC_TEXT("Qualifier", "use %1, which this token was shown to do, with %2; or use another token")
                         .with(eitherOf(others.shown))
                         .with(typedAs("--allow-sha1 REASON"))
                   : KC_TEXT("Qualifier", "use %1, which this token was shown to do; or use another token")
                         .with(eitherOf(others.shown));
    }
    if (!others.unknown.empty()) {
        Text advice = KC_TEXT("Qualifier", "use another token; or find out whether this one can do %1: %2")
                          .with(eitherOf(others.unknown))
                          .with(qualifyingCommand({combination.keySpec, {others.unknown.front(), combination.choice.keySpec}}));
        return std::ranges::all_of(others.unknown, needsPermission)
                   ? KC_TEXT("Qualifier", "%1; an import tries and takes that with %2 only")
                         .with(std::move(advice))
                         .with(typedAs("--allow-sha1 REASON"))
                   : advice;
    }
    return KC_TEXT("Qualifier", "use another token: this one was shown to do no algorithm that KMS takes for %1")
        .with(nameOf(wrapping::keySpecNames, combination.keySpec));
}

std::vector<FailureDetail> toFailureDetails(const std::vector<ThrowAwayRecord>& throwAwayKeys) {
    std::vector<FailureDetail> details;
    for (const ThrowAwayRecord& key : throwAwayKeys) {
        Text what = !key.seenMade
                        ? KC_TEXT("Qualifier",
                                  "asked for at %1 with the ID %2, but the token answered with an error; if it was made all the "
                                  "same, it was a session object and is gone with the session")
                    : wasDestroyed(key)
                        ? KC_TEXT("Qualifier", "made at %1 with the ID %2, destroyed at %3")
                        : KC_TEXT("Qualifier",
                                  "made at %1 with the ID %2, not seen to be destroyed; as a session object it is gone with the "
                                  "session");
        what = std::move(what).with(toRfc3339Milliseconds(key.generatedAt)).with(toHex(key.id));
        if (wasDestroyed(key)) {
            what = std::move(what).with(toRfc3339Milliseconds(key.destroyedAt));
        }
        details.push_back(
            {KC_TEXT("Qualifier", "throw-away key (%1)").with(pkcs11::typeInWords(key.typeName)), std::move(what), {}});
    }
    return details;
}

std::vector<FailureDetail> toFailureDetails(const Result& refused) {
    std::vector<FailureDetail> details;
    for (const Attempt& attempt : refused.attempts) {
        details.push_back({KC_TEXT("Qualifier", "%1, on the token by %2")
                               .with(inWords(refused.combination))
                               .with(pkcs11::inWords(attempt.recipe)),
                           attempt.reason, attempt.code});
    }
    return details;
}

Text inWords(const Combination& combination) {
    return KC_TEXT("Qualifier", "%1 by %2 under %3")
        .with(nameOf(wrapping::keySpecNames, combination.keySpec))
        .with(nameOf(wrapping::wrappingAlgorithmNames, combination.choice.algorithm))
        .with(nameOf(wrapping::wrappingKeySpecNames, combination.choice.keySpec));
}

Details qualificationDetails(const Result& result) {
    Details details{{KC_TEXT("Qualifier", "can this token wrap it"), inWords(std::optional{result.chosen.has_value()})},
                    {KC_TEXT("Qualifier", "reason"), result.explanation}};
    if (result.chosen) {
        details.push_back({KC_TEXT("Qualifier", "wrapped with"), pkcs11::inWords(*result.chosen)});
    }
    details.push_back({KC_TEXT("Qualifier", "tried on"), toRfc3339(result.date), DetailKind::Time});
    for (const ThrowAwayRecord& key : result.throwAwayKeys) {
        details.push_back({KC_TEXT("Qualifier", "throw-away key"), KC_TEXT("Qualifier", "%1, ID %2, destroyed again at %3")
                                                                       .with(pkcs11::typeInWords(key.typeName))
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
            {"destroyedAt", wasDestroyed(key) ? Json(toRfc3339Milliseconds(key.destroyedAt)) : Json(nullptr)}};
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
