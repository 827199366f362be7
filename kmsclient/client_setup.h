#pragma once

#include "kmsclient/kms_client.h"
#include "kmsclient/service_call.h"

namespace keyconvoy::kms {

/// Puts command line, environment and AWS configuration files together. Throws InvalidInput, NotFound or Refused naming the
/// setting.
[[nodiscard]] ServiceCaller::Settings clientSettings(const ClientOptions& options, Clock clock, ClientSurroundings surroundings);

}  // namespace keyconvoy::kms
