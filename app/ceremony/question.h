#pragma once

#include "core/error.h"
#include "core/secret_bytes.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace keyconvoy::app {

/// How a value is best shown: what is compared or copied letter by letter stands in a fixed-width face.
enum class DetailKind : std::uint8_t {
    Plain,
    Identifier,        ///< an ARN, an ID, a URI
    Fingerprint,       ///< hexadecimal, in groups
    FingerprintWords,  ///< the same in PGP words
    Time,              ///< RFC 3339 UTC
};

/// One named value to show a person: "wrapping key, SHA-256", "3f2a …".
struct Detail {
    Detail(Text valueName, Text text) : name{std::move(valueName)}, value{std::move(text)} {}
    Detail(Text valueName, std::string text, DetailKind valueKind = DetailKind::Plain)
        : name{std::move(valueName)}, value{verbatim(std::move(text))}, kind{valueKind} {}
    Detail(Text valueName, const char* text) : Detail{std::move(valueName), std::string{text}} {}

    Text name;
    Text value;
    DetailKind kind = DetailKind::Plain;
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
    Text title;  ///< what a no declines, in a few words: "the import, as shown for review"
    Text text;
    Details details;
};

struct Answer {
    std::string questionId;
    bool yes = false;
    SecretBytes secret;
};

}  // namespace keyconvoy::app
