#pragma once

#include "core/error.h"

namespace keyconvoy::cli {

/// What the process ends with; a contract with scripts.
enum class ExitCode : int {
    Done = 0,  ///< and checked where asked
    Internal = 1,
    InvalidInput = 2,  ///< or wrong usage
    NotFound = 3,
    Refused = 4,  ///< by a rule
    Unavailable = 5,
    Integrity = 6,  ///< or a check failed
    Cancelled = 7,
    PartFailed = 8,  ///< part of a batch
};

[[nodiscard]] constexpr ExitCode exitCodeFor(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::InvalidInput: return ExitCode::InvalidInput;
        case ErrorKind::NotFound: return ExitCode::NotFound;
        case ErrorKind::Refused: return ExitCode::Refused;
        case ErrorKind::Unavailable: return ExitCode::Unavailable;
        case ErrorKind::Integrity: return ExitCode::Integrity;
        case ErrorKind::Cancelled: return ExitCode::Cancelled;
        case ErrorKind::Internal: return ExitCode::Internal;
    }
    return ExitCode::Internal;
}

}  // namespace keyconvoy::cli
