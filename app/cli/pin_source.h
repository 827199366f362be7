#pragma once

#include "core/finding.h"
#include "core/secret_bytes.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <variant>

namespace keyconvoy::cli {

struct PinFromPrompt {};
struct PinFromFile {
    std::filesystem::path path;
};
struct PinFromDescriptor {
    int number = 0;
};

/// Where a PIN comes from; never an argument or an environment variable.
struct PinSource {
    std::variant<PinFromPrompt, PinFromFile, PinFromDescriptor> from;
    std::string optionName = "--pin-source";

    /// "prompt", "file:PATH" or "fd:NUMBER". Throws InvalidInput, without repeating what might be a PIN.
    [[nodiscard]] static PinSource parse(std::string_view text, std::string_view optionName);
};

struct PinRead {
    SecretBytes pin;
    Findings findings;  ///< the file can be read by others, say
};

/// The one line of the file, or the next line of the descriptor, without its end. Throws NotFound, InvalidInput (empty, several
/// lines, control characters, no file or pipe) or Unavailable; then no try at the token is spent.
[[nodiscard]] PinRead readPin(const PinSource& source);

}  // namespace keyconvoy::cli
