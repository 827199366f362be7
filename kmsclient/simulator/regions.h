#pragma once

#include <string_view>

/// The Regions of AWS by partition (botocore 1.43, partitions.json). One simulator is all Regions of the partition `aws`.
namespace keyconvoy::kms::simulator {

inline constexpr std::string_view partition = "aws";

/// "aws", "aws-cn", …; empty for what is no Region.
[[nodiscard]] std::string_view partitionOf(std::string_view region);

/// Whether the simulator stands for this Region.
[[nodiscard]] inline bool isServed(std::string_view region) {
    return partitionOf(region) == partition;
}

}  // namespace keyconvoy::kms::simulator
