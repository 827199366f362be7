#pragma once

#include "core/error.h"
#include "core/finding.h"
#include "core/strict_json.h"

#include <iosfwd>
#include <string>
#include <string_view>

namespace keyconvoy::cli {

enum class OutputForm : std::uint8_t { Text, Json };
enum class Verbosity : std::uint8_t { Normal, Quiet };
enum class SecretMemory : std::uint8_t { Locked, MaySwap };

/// How one run talks to its caller: results on `out`, everything else on `err`.
struct Console {
    std::ostream& out;
    std::ostream& err;
    OutputForm form = OutputForm::Text;
    Verbosity verbosity = Verbosity::Normal;
    SecretMemory memory = SecretMemory::Locked;
    std::string command;  ///< "token list"; empty before it is known

    [[nodiscard]] bool json() const { return form == OutputForm::Json; }
    [[nodiscard]] bool quiet() const { return verbosity == Verbosity::Quiet; }
};

}  // namespace keyconvoy::cli
