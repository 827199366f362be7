#include "core/error.h"

#include <array>
#include <openssl/err.h>

namespace keyconvoy {

std::string_view toString(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::InvalidInput: return "invalid-input";
        case ErrorKind::NotFound: return "not-found";
        case ErrorKind::Refused: return "refused";
        case ErrorKind::Unavailable: return "unavailable";
        case ErrorKind::Integrity: return "integrity";
        case ErrorKind::Cancelled: return "cancelled";
        case ErrorKind::Internal: return "internal";
    }
    return "internal";
}

Text Text::with(std::string argument) && {
    arguments.push_back({std::move(argument)});
    return std::move(*this);
}

Text Text::with(std::string_view argument) && {
    return std::move(*this).with(std::string{argument});
}

Text Text::with(const char* argument) && {
    return std::move(*this).with(std::string{argument});
}

Text Text::with(std::uint64_t argument) && {
    return std::move(*this).with(std::to_string(argument));
}

Text Text::with(Text argument) && {
    arguments.push_back({std::move(argument)});
    return std::move(*this);
}

Text verbatim(std::string value) {
    return Text{"", "%1", {}}.with(std::move(value));
}

std::string toEnglish(const Text& text) {
    return inLanguage(text, [](const char*, const char* english) { return std::string{english}; });
}

namespace {

std::string inLanguage(const TextArgument& argument, const Translate& translate) {
    const auto* text = std::get_if<Text>(&argument.value);
    return text != nullptr ? inLanguage(*text, translate) : std::get<std::string>(argument.value);
}

}  // namespace

std::string inLanguage(const Text& text, const Translate& translate) {
    std::string result;
    const std::string source = translate(text.context, text.english);
    for (std::size_t i = 0; i < source.size(); ++i) {
        const bool placeholder = source[i] == '%' && i + 1 < source.size() && source[i + 1] >= '1' && source[i + 1] <= '9';
        if (!placeholder) {
            result += source[i];
            continue;
        }
        const auto index = static_cast<std::size_t>(source[i + 1] - '1');
        if (index < text.arguments.size()) {
            result += inLanguage(text.arguments[index], translate);
        }
        ++i;
    }
    return result;
}

namespace {

std::string summary(const Failure& failure) {
    std::string text = toEnglish(failure.place) + ": " + toEnglish(failure.cause);
    if (!failure.code.empty()) {
        text += " (" + failure.code + ")";
    }
    return text;
}

std::string drainOpensslErrors() {
    std::string text;
    std::array<char, 256> line{};
    while (const unsigned long code = ERR_get_error()) {
        ERR_error_string_n(code, line.data(), line.size());
        text += (text.empty() ? "" : "; ") + std::string{line.data()};
    }
    return text;
}

Failure cryptoFailure(std::string_view operation) {
    Failure failure;
    failure.place = KC_TEXT("Crypto", "OpenSSL, %1").with(operation);
    failure.cause = KC_TEXT("Crypto", "the cryptographic library reported an error");
    failure.remedy = KC_TEXT("Crypto", "check the input; if it is right, report this as a defect with the text of the library");
    failure.serviceText = drainOpensslErrors();
    return failure;
}

}  // namespace

Error::Error(Failure failure) : std::runtime_error{summary(failure)}, m_failure{std::move(failure)} {
}

Error::Error(ErrorKind kind, Text place, Text cause, Text remedy)
    : Error{Failure{.kind = kind,
                    .place = std::move(place),
                    .cause = std::move(cause),
                    .remedy = std::move(remedy),
                    .code = {},
                    .serviceText = {},
                    .requestId = {}}} {
}

CryptoError::CryptoError(std::string_view operation) : Error{cryptoFailure(operation)} {
}

}  // namespace keyconvoy
