#pragma once

#include "core/finding.h"
#include "core/strict_json.h"

#include <cstdint>
#include <string>
#include <vector>

namespace keyconvoy::app {

/// What is to be said of a file that people write, at its place.
struct DocumentFinding {
    std::uint32_t line = 0;  ///< from 1; 0: the whole file
    std::string field;       ///< "key[2].expires"; empty: the whole file
    Finding finding;
};
using DocumentFindings = std::vector<DocumentFinding>;

[[nodiscard]] bool hasProblem(const DocumentFindings& findings);
/// [{"line", "field", "level", "what", "remedy"}], by line.
[[nodiscard]] Json toJson(const DocumentFindings& findings);

}  // namespace keyconvoy::app
