#pragma once

#include "core/error.h"
#include "core/secret_bytes.h"

#include <string>
#include <vector>

namespace keyconvoy::app {

/// One named value to show a person: "wrapping key, SHA-256", "3f2a …".
struct Detail {
    Text name;
    std::string value;
};
using Details = std::vector<Detail>;
inline void append(Details& details, const Details& more) {
    details.insert(details.end(), more.begin(), more.end());
}

enum class QuestionKind : std::uint8_t {
    UserPin,             ///< answered with a secret
    SecurityOfficerPin,  ///< answered with a secret; the text carries the warning
    PinPad,              ///< answered with a yes; then the token's own pad is waited for, as long as it takes
    Confirmation,        ///< answered with yes or no; `--yes` answers it in CI
    Consent,             ///< like Confirmation, but `--yes` does not answer it: a final PIN try, say
};

/// What a job needs from a person before it can go on; a plain value.
struct Question {
    std::string id;  ///< stable: "token.pin", "qualification.throw-away-keys", "import.review"
    QuestionKind kind = QuestionKind::Confirmation;
    Text text;
    Details details;
};

struct Answer {
    std::string questionId;
    bool yes = false;
    SecretBytes secret;
};

}  // namespace keyconvoy::app
