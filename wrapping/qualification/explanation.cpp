#include "wrapping/qualification/explanation.h"

#include "core/text.h"
#include "pkcs11/in_words.h"

#include <algorithm>

namespace keyconvoy::wrapping::qualification {

namespace {

/// The attempt that says most: a wrap that went wrong in silence, else a refusal for another reason than a missing mechanism.
const Attempt& mostTelling(const std::vector<Attempt>& attempts) {
    const auto wrong = std::ranges::find_if(attempts, [](const Attempt& attempt) { return attempt.code.empty(); });
    if (wrong != attempts.end()) {
        return *wrong;
    }
    const auto other =
        std::ranges::find_if(attempts, [](const Attempt& attempt) { return attempt.code != "CKR_MECHANISM_INVALID"; });
    return other == attempts.end() ? attempts.front() : *other;
}

Text reasonOf(const Attempt& attempt) {
    return attempt.code.empty() ? attempt.reason : arranged("%1 (%2)").with(attempt.reason).with(attempt.code);
}

}  // namespace

Text explainChoice(const Combination& combination, const Attempt& qualified) {
    return KC_TEXT("Qualification", "this token can wrap %1 keys by %2 under %3, with %4: %5")
        .with(nameOf(keySpecNames, combination.keySpec))
        .with(nameOf(wrappingAlgorithmNames, combination.choice.algorithm))
        .with(nameOf(wrappingKeySpecNames, combination.choice.keySpec))
        .with(pkcs11::inWords(qualified.recipe))
        .with(qualified.reason);
}

Text explainRefusal(const Combination& combination, const std::vector<Attempt>& attempts) {
    return KC_TEXT("Qualification", "this token cannot wrap %1 keys by %2: %3")
        .with(nameOf(keySpecNames, combination.keySpec))
        .with(nameOf(wrappingAlgorithmNames, combination.choice.algorithm))
        .with(reasonOf(mostTelling(attempts)));
}

Text explainNothingShown(const Combination& combination, const Attempt& failed) {
    return KC_TEXT("Qualification", "nothing can be shown about %1 keys on this token: %2; use another token")
        .with(nameOf(keySpecNames, combination.keySpec))
        .with(reasonOf(failed));
}

}  // namespace keyconvoy::wrapping::qualification
