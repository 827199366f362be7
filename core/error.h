#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace keyconvoy {

/// What the caller can do about a failure; the exit code comes from this. What a person reads comes from Failure,
/// never from what().
enum class ErrorKind : std::uint8_t { InvalidInput, NotFound, Refused, Unavailable, Integrity, Cancelled, Internal };

/// The machine-readable name of a kind, as `--json` prints it: "invalid-input", "not-found" and so on.
[[nodiscard]] std::string_view toString(ErrorKind kind);

struct TextArgument;

/// A sentence for a person: an English source text with the placeholders %1 to %9 and their values. The window translates it;
/// the command line, records and `--json` stay English. Made with KC_TEXT so that the translation tools find it.
struct Text {
    const char* context = "";
    const char* english = "";
    std::vector<TextArgument> arguments;

    /// The same text with one more argument: a value that reads alike in every language, or a text of its own.
    [[nodiscard]] Text with(std::string argument) &&;
    [[nodiscard]] Text with(std::string_view argument) &&;
    [[nodiscard]] Text with(const char* argument) &&;
    [[nodiscard]] Text with(std::uint64_t argument) &&;
    [[nodiscard]] Text with(Text argument) &&;
    [[nodiscard]] bool empty() const { return *english == '\0'; }
};

struct TextArgument {
    std::variant<std::string, Text> value;
};

/// The English sentence, placeholders filled in.
[[nodiscard]] std::string toEnglish(const Text& text);

/// How one text and its context read in a language; gives a sentence whose placeholders are not yet filled in.
using Translate = std::function<std::string(const char* context, const char* english)>;
/// The sentence in a language, placeholders filled in, arguments translated too.
[[nodiscard]] std::string inLanguage(const Text& text, const Translate& translate);

/// A value that reads alike in every language: a label, a hash, an ARN.
[[nodiscard]] Text verbatim(std::string value);

/// Marks a text for translation; `lupdate -tr-function-alias QT_TRANSLATE_NOOP+=KC_TEXT` collects it.
#define KC_TEXT(context, english) (::keyconvoy::Text{context, english, {}})

/// One line of what led to a failure, where there are several: each way that was tried, each key that was made before it.
struct FailureDetail {
    Text subject;      ///< what was tried, or what there is
    Text what;         ///< what became of it
    std::string code;  ///< the code of the other side, where it gave one
};

/// Everything there is to say about one failure.
struct Failure {
    ErrorKind kind = ErrorKind::Internal;
    Text place;               ///< where it happened: the file, option, token, key or call
    Text cause;               ///< what went wrong
    Text remedy;              ///< what the reader can do now
    std::string code;         ///< the code of the other side: "CKR_PIN_LOCKED", "NotFoundException"; empty when it was ours
    std::string serviceText;  ///< what the other side said, word for word
    std::string requestId;    ///< x-amzn-RequestId, for a support case
    std::vector<FailureDetail> details{};  ///< the particulars, where one sentence would be too long for them
    /// A change was asked for, and it may have been made although this was the answer; whoever goes on finds that out first.
    bool outcomeUnknown = false;
};

/// Ends an operation. Leaves of the hierarchy keep more evidence; outside their folder nobody catches a leaf.
class Error : public std::runtime_error {
public:
    explicit Error(Failure failure);
    Error(ErrorKind kind, Text place, Text cause, Text remedy);

    [[nodiscard]] ErrorKind kind() const noexcept { return m_failure.kind; }
    [[nodiscard]] const Failure& failure() const noexcept { return m_failure; }

private:
    Failure m_failure;
};

/// An OpenSSL call failed. Drains this thread's OpenSSL error queue into the failure's serviceText.
class CryptoError final : public Error {
public:
    explicit CryptoError(std::string_view operation);
};

}  // namespace keyconvoy
