#pragma once

#include "app/cli/command.h"

#include <initializer_list>
#include <vector>

namespace keyconvoy::cli {

using Options = std::vector<const Option*>;

[[nodiscard]] Options moduleOptions();      ///< --module and its companions
[[nodiscard]] Options logInOptions();       ///< module, token and where its PIN comes from
[[nodiscard]] Options kmsOptions();         ///< how KMS is found
[[nodiscard]] Options severalKmsOptions();  ///< the same, with several profiles and Regions
[[nodiscard]] Options outputOptions();      ///< of every command
[[nodiscard]] Options questionOptions();    ///< outputOptions and --yes

[[nodiscard]] Options operator+(Options left, const Options& right);

}  // namespace keyconvoy::cli
