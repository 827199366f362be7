#include "app/cli/pin_source.h"

#include "app/cli/line_reader.h"
#include "core/file_descriptor.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace keyconvoy::cli {

namespace {

constexpr std::size_t longestPin = 512;
constexpr std::string_view byteOrderMark = "\xef\xbb\xbf";  // what some editors put before UTF-8

[[noreturn]] void throwSource(ErrorKind kind, Text place, Text cause, Text remedy) {
    throw Error{kind, std::move(place), std::move(cause), std::move(remedy)};
}

Text placeOf(const PinSource& source) {
    Text place = KC_TEXT("CommandLine", "%1 %2").with(source.optionName);
    if (const auto* file = std::get_if<PinFromFile>(&source.from)) {
        return std::move(place).with("file:" + file->path.string());
    }
    if (const auto* descriptor = std::get_if<PinFromDescriptor>(&source.from)) {
        return std::move(place).with("fd:" + std::to_string(descriptor->number));
    }
    return std::move(place).with("prompt");
}

[[noreturn]] void throwUnreadable(const Text& place, int error) {
    const bool missing = error == ENOENT || error == EBADF;
    throwSource(missing ? ErrorKind::NotFound : ErrorKind::Unavailable, place,
                missing ? KC_TEXT("CommandLine", "there is no such file or open descriptor")
                        : KC_TEXT("CommandLine", "it cannot be read: %1").with(std::generic_category().message(error)),
                KC_TEXT("CommandLine", "check path, number and permissions; no PIN was sent to the token"));
}

struct stat statusOf(int descriptor, const Text& place) {
    struct stat status {};
    if (fstat(descriptor, &status) != 0) {
        throwUnreadable(place, errno);
    }
    return status;
}

/// Terminals would echo the PIN, and devices such as /dev/zero are nobody's PIN.
void checkKind(const struct stat& status, const Text& place) {
    if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode) && !S_ISSOCK(status.st_mode)) {
        throwSource(ErrorKind::InvalidInput, place, KC_TEXT("CommandLine", "it is neither a file nor a pipe"),
                    KC_TEXT("CommandLine", "give a file or a pipe that holds the PIN as one line, or use prompt at a terminal"));
    }
}

void noteReaders(const struct stat& status, const Text& place, Findings& findings) {
    if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRGRP | S_IROTH)) != 0) {
        findings.push_back({FindingLevel::Warning,
                            KC_TEXT("CommandLine", "%1 can be read by other users of this machine").with(toEnglish(place)),
                            KC_TEXT("CommandLine", "chmod 600 the file; if others may have read the PIN, change it")});
    }
}

void checkPin(const SecretLine& line, const Text& place) {
    if (line.end == LineEnd::Failed) {
        throwUnreadable(place, line.error);
    }
    if (line.end == LineEnd::Stopped) {
        throwSource(ErrorKind::Cancelled, place, KC_TEXT("CommandLine", "it was asked to stop while it waited for the PIN"),
                    KC_TEXT("CommandLine", "see that something writes the PIN there; no PIN was sent to the token"));
    }
    if (line.end == LineEnd::TooLong) {
        throwSource(ErrorKind::InvalidInput, place, KC_TEXT("CommandLine", "its line is longer than any PIN (512 bytes)"),
                    KC_TEXT("CommandLine", "put the PIN there as one line; no PIN was sent to the token"));
    }
    if (line.text.empty()) {
        throwSource(ErrorKind::InvalidInput, place, KC_TEXT("CommandLine", "the PIN is empty"),
                    KC_TEXT("CommandLine", "put the PIN there as one line; no PIN was sent to the token"));
    }
    const bool control =
        std::ranges::any_of(line.text.view(), [](std::uint8_t octet) { return octet < 0x20U || octet == 0x7fU; });
    if (control || asText(line.text.view()).starts_with(byteOrderMark)) {
        throwSource(ErrorKind::InvalidInput, place,
                    KC_TEXT("CommandLine", "the PIN holds control characters or begins with a byte-order mark"),
                    KC_TEXT("CommandLine", "put the PIN there as one line of plain text; no PIN was sent to the token"));
    }
}

void checkNothingFollows(int descriptor, const Text& place) {
    std::uint8_t octet = 0;
    if (read(descriptor, &octet, 1) > 0) {
        throwSource(ErrorKind::InvalidInput, place,
                    KC_TEXT("CommandLine", "it holds more than one line, so it is not clear what the PIN is"),
                    KC_TEXT("CommandLine", "keep the PIN alone in its file; no PIN was sent to the token"));
    }
}

PinRead readPinFile(const PinFromFile& file, const Text& place) {
    const FileDescriptor descriptor{open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
    if (!descriptor.valid()) {
        throwUnreadable(place, errno);
    }
    PinRead result;
    const struct stat status = statusOf(descriptor.get(), place);
    checkKind(status, place);
    noteReaders(status, place, result.findings);
    SecretLine line = readSecretLine(descriptor.get(), longestPin);
    checkPin(line, place);
    if (S_ISREG(status.st_mode)) {
        checkNothingFollows(descriptor.get(), place);
    }
    result.pin = std::move(line.text);
    return result;
}

PinRead readPinDescriptor(const PinFromDescriptor& source, const Text& place) {
    checkKind(statusOf(source.number, place), place);
    SecretLine line = readSecretLine(source.number, longestPin);
    checkPin(line, place);
    return {.pin = std::move(line.text), .findings = {}};
}

[[noreturn]] void throwNoSource(std::string_view optionName) {
    throwSource(
        ErrorKind::InvalidInput, KC_TEXT("CommandLine", "option %1").with(optionName),
        KC_TEXT("CommandLine", "its value is none of prompt, file:PATH and fd:NUMBER"),
        KC_TEXT("CommandLine", "the PIN itself does not belong here; if it stood on this command line, consider changing it"));
}

}  // namespace

PinSource PinSource::parse(std::string_view text, std::string_view optionName) {
    PinSource source{.from = PinFromPrompt{}, .optionName = std::string{optionName}};
    if (text == "prompt") {
        return source;
    }
    if (text.starts_with("file:") && text.size() > 5) {
        source.from = PinFromFile{std::filesystem::path{text.substr(5)}};
        return source;
    }
    if (text.starts_with("fd:")) {
        PinFromDescriptor descriptor;
        const std::string_view digits = text.substr(3);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), descriptor.number);
        if (error == std::errc{} && end == digits.data() + digits.size() && descriptor.number >= 0) {
            source.from = descriptor;
            return source;
        }
    }
    throwNoSource(optionName);
}

PinRead readPin(const PinSource& source) {
    const Text place = placeOf(source);
    if (const auto* file = std::get_if<PinFromFile>(&source.from)) {
        return readPinFile(*file, place);
    }
    return readPinDescriptor(std::get<PinFromDescriptor>(source.from), place);
}

}  // namespace keyconvoy::cli
