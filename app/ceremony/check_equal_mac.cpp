#include "app/ceremony/checks.h"
#include "app/ceremony/public_key.h"

namespace keyconvoy::app {

CheckOutcome checkEqualMac(const CheckInput& input) {
    CheckOutcome outcome{.result = CheckResult::EqualMac, .shown = {}, .findings = {}};
    const auto [algorithm, hash] = macNames(input.keySpec);

    const Bytes message = randomBytes(64);
    const Bytes macOfToken = input.token.mac(input.key, hash, message);
    if (!input.kms.client().verifyMac(input.keyArn, algorithm, message, macOfToken)) {
        throwNotTheSame(input, KC_TEXT("CheckAfterImport", "KMS does not accept the token's MAC of a random message"));
    }
    outcome.shown.push_back(KC_TEXT("CheckAfterImport", "KMS accepts the token's MAC of a random message (%1)").with(algorithm));
    input.context.checkNotStopped();

    const Bytes another = randomBytes(64);
    if (input.kms.client().generateMac(input.keyArn, algorithm, another).blob != input.token.mac(input.key, hash, another)) {
        throwNotTheSame(input, KC_TEXT("CheckAfterImport", "KMS makes another MAC of a random message than the token"));
    }
    outcome.shown.push_back(KC_TEXT("CheckAfterImport", "KMS and token make the same MAC of another random message"));
    return outcome;
}

}  // namespace keyconvoy::app
