#pragma once

#include "core/clock.h"
#include "tests/simulator/kms.h"
#include "tests/simulator/simulator_process.h"

namespace keyconvoy::tests {

/// A signed call of KMS to the program at the machine's own time. Throws when it cannot be reached or does not answer.
[[nodiscard]] RawReply callProgram(const SimulatorProcess& simulator, std::string_view operation, const Json& body);

/// The reply's members; throws too when the call is refused.
Json mustCallProgram(const SimulatorProcess& simulator, std::string_view operation, const Json& body);

/// Parameters for RSAES_OAEP_SHA_256 under RSA_2048.
[[nodiscard]] Parameters parametersOfProgram(const SimulatorProcess& simulator, const std::string& keyId);
/// An import that never ends.
[[nodiscard]] RawReply importIntoProgram(const SimulatorProcess& simulator, const std::string& keyId,
                                         const Parameters& parameters, ByteView plaintext);

}  // namespace keyconvoy::tests
