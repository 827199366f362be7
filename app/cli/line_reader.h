#pragma once

#include "core/secret_bytes.h"

namespace keyconvoy::cli {

enum class LineEnd : std::uint8_t {
    Newline,      ///< cut off, with a carriage return before it
    EndOfInput,   ///< the last line had no newline
    NothingRead,  ///< the input was at its end already
    TooLong,
    Stopped,  ///< a signal asked to stop before the line was complete
    Failed,
};

struct SecretLine {
    SecretBytes text;
    LineEnd end = LineEnd::NothingRead;
    int error = 0;  ///< errno of a failed read
};

/// Reads one line, octet by octet, so that what follows stays in the pipe for the next reader, straight into locked memory. Waits
/// for each octet as long as it takes, or until a signal asks to stop.
[[nodiscard]] SecretLine readSecretLine(int descriptor, std::size_t limit);

}  // namespace keyconvoy::cli
