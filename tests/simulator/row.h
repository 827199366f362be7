#pragma once

#include "tests/simulator/kms.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ostream>
#include <span>

namespace keyconvoy::tests {

/// One row of what is documented, or was observed, of AWS KMS, with the code that checks it against the simulator. A row that a
/// single-Region key cannot meet stands in the table all the same, with the reason.
struct Row {
    const char* name;  ///< of the test
    const char* says;  ///< the row
    void (*check)(Kms& kms) = nullptr;
    const char* leftOut = nullptr;
};

// NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for this name
inline void PrintTo(const Row& row, std::ostream* out) {
    *out << row.says;
}

inline std::string nameOfRow(const testing::TestParamInfo<Row>& info) {
    return info.param.name;
}

[[nodiscard]] inline std::vector<Row> rowsToMeet(std::span<const Row> rows) {
    std::vector<Row> kept;
    std::ranges::copy_if(rows, std::back_inserter(kept), [](const Row& row) { return row.check != nullptr; });
    return kept;
}

/// Every row is met or left out for a reason, and none was forgotten.
inline void expectRows(std::span<const Row> rows, std::size_t met, std::size_t leftOut) {
    EXPECT_EQ(rowsToMeet(rows).size(), met);
    EXPECT_EQ(rows.size(), met + leftOut);
    for (const Row& row : rows) {
        EXPECT_NE(row.check == nullptr, row.leftOut == nullptr) << row.says;
    }
}

class RowTest : public testing::TestWithParam<Row> {};

}  // namespace keyconvoy::tests
