#pragma once

#include "core/error.h"

#include <cstdint>
#include <vector>

namespace keyconvoy {

enum class FindingLevel : std::uint8_t {
    Note,     ///< worth recording
    Warning,  ///< works, but the reader should know
    Problem,  ///< will not work
};

/// Something observed that does not end the operation: a line of the doctor, a deviation for the record.
struct Finding {
    FindingLevel level = FindingLevel::Note;
    Text what;
    Text remedy;  ///< empty where there is nothing to do
};
using Findings = std::vector<Finding>;

}  // namespace keyconvoy
