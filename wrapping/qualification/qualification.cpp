#include "wrapping/qualification/qualification.h"

#include "pkcs11/in_words.h"
#include "wrapping/qualification/explanation.h"
#include "wrapping/qualification/prober.h"
#include "wrapping/qualification/throw_away_keys.h"

#include <algorithm>
#include <array>

namespace keyconvoy::wrapping::qualification {

namespace {

using pkcs11::WrapMethod;

/// Best first. The token's mechanism list is not asked: some list what they cannot do, some can do what they do not list.
std::vector<WrapMethod> methodsFor(WrappingAlgorithm algorithm) {
    if (familyOf(algorithm) == WrappingFamily::RsaesOaep) {
        return {WrapMethod::Oaep};
    }
    return {WrapMethod::NativeRsaAesKeyWrap, WrapMethod::TwoStepKwp, WrapMethod::TwoStepPad};
}

/// What a token answers that wants another `source` in the OAEP parameters than the standard's.
bool hintsAtParameters(const Verdict& verdict) {
    return verdict.stage == Stage::Wrap && (verdict.code == "CKR_ARGUMENTS_BAD" || verdict.code == "CKR_MECHANISM_PARAM_INVALID");
}

Attempt toAttempt(const pkcs11::WrapRecipe& recipe, Verdict verdict) {
    return {.recipe = recipe,
            .qualified = verdict.stage == Stage::Shown,
            .reason = std::move(verdict.reason),
            .code = std::move(verdict.code)};
}

struct Trials {
    std::vector<Attempt> attempts;
    bool throwAwayImpossible = false;  ///< the token cannot even make the throw-away keys

    [[nodiscard]] bool qualified() const { return !attempts.empty() && attempts.back().qualified; }
};

/// Recipe after recipe until one qualifies.
Trials tryRecipes(Prober& prober, const Combination& combination) {
    Trials trials;
    for (const WrapMethod method : methodsFor(combination.choice.algorithm)) {
        for (const auto source : {pkcs11::OaepSource::DataSpecified, pkcs11::OaepSource::Zero}) {
            const pkcs11::WrapRecipe recipe{.method = method, .hash = hashOf(combination.choice.algorithm), .source = source};
            Verdict verdict = prober.prove(combination, recipe);
            const bool parametersDoubtful = hintsAtParameters(verdict);
            trials.throwAwayImpossible = verdict.stage == Stage::Generation;
            trials.attempts.push_back(toAttempt(recipe, std::move(verdict)));
            if (trials.qualified() || trials.throwAwayImpossible) {
                return trials;
            }
            if (!parametersDoubtful) {
                break;
            }
        }
    }
    return trials;
}

void checkAccepted(const Combination& combination) {
    if (auto rule = whyRefused(combination.keySpec, combination.choice)) {
        throw Error{ErrorKind::Refused,
                    KC_TEXT("Qualification", "qualifying %1 by %2 under %3")
                        .with(nameOf(keySpecNames, combination.keySpec))
                        .with(nameOf(wrappingAlgorithmNames, combination.choice.algorithm))
                        .with(nameOf(wrappingKeySpecNames, combination.choice.keySpec)),
                    std::move(*rule), KC_TEXT("Qualification", "ask for a combination that KMS takes")};
    }
}

}  // namespace

TokenIdentity identityOf(const pkcs11::Token& token) {
    const pkcs11::TokenDescription description = token.description();
    return {.moduleSha256 = token.module().description().sha256.hex(),
            .moduleSettings = token.module().description().settings.hex(),
            .serial = description.serial.str(),
            .model = description.model,
            .firmwareVersion = description.firmwareVersion};
}

std::vector<Text> throwAwayKeysFor(const Combination& combination) {
    std::vector<Text> names;
    if (materialKind(combination.keySpec) == MaterialKind::Rsa) {
        names.push_back(pkcs11::inWords(paddingProbe));
    }
    names.push_back(pkcs11::inWords(tokenKeyType(combination.keySpec)));
    return names;
}

Result qualify(pkcs11::Token& token, const Combination& combination, const Clock& clock, std::vector<ThrowAwayRecord>& account) {
    checkAccepted(combination);
    Result result;
    result.combination = combination;
    result.token = identityOf(token);
    result.date = clock();

    const auto before = static_cast<std::ptrdiff_t>(account.size());
    ThrowAwayKeys keys{token, clock, account};
    Prober prober{token, keys, combination.choice.keySpec};
    Trials trials = tryRecipes(prober, combination);
    if (trials.qualified()) {
        result.chosen = trials.attempts.back().recipe;
        result.explanation = explainChoice(combination, trials.attempts.back());
    } else if (trials.throwAwayImpossible) {
        result.explanation = explainNothingShown(combination, trials.attempts.back());
    } else {
        result.explanation = explainRefusal(combination, trials.attempts);
    }
    result.attempts = std::move(trials.attempts);
    keys.destroyAll();
    result.throwAwayKeys.assign(account.begin() + before, account.end());
    return result;
}

}  // namespace keyconvoy::wrapping::qualification
