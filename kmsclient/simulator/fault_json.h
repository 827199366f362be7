#pragma once

#include "core/strict_json.h"
#include "kmsclient/simulator/faults.h"

/// Faults as they are written: in JSON by the control interface, in one argument by --fault. CONTROL.md lists the members.
namespace keyconvoy::kms::simulator {

/// Throws InvalidInput naming the member that is missing, unknown or wrong. StaleReads comes without a state.
[[nodiscard]] Fault faultFromJson(const Json& json);

/// "throttling,operation=DescribeKey,calls=2": the kind, then members as in JSON. Throws InvalidInput like faultFromJson.
[[nodiscard]] Fault parseFault(std::string_view text);

/// All members, with the ID.
[[nodiscard]] Json toJson(const Faults::Listed& listed);

}  // namespace keyconvoy::kms::simulator
