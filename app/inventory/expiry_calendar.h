#pragma once

#include "app/inventory/kms_keys.h"

#include <chrono>
#include <string>
#include <vector>

/// What ends when, and by when a ceremony must be called.
namespace keyconvoy::app {

/// The end of one material of one key.
struct MaterialEnd {
    std::string keyArn;
    std::vector<std::string> aliases;
    std::optional<std::string> keyMaterialId;
    TimePoint end;
    TimePoint ceremonyBy;  ///< so long before the end as was asked for; may have passed
};

/// Every end of what the keys hold, the earliest first.
[[nodiscard]] std::vector<MaterialEnd> endsOf(const std::vector<KmsKeyEntry>& keys, std::chrono::days lead);

/// An iCalendar file (RFC 5545): for each end one event at `ceremonyBy` and one at the end, each with an alarm. UIDs stay the
/// same when it is made again, so that calendars replace what they had.
[[nodiscard]] std::string iCalendar(const std::vector<MaterialEnd>& ends, TimePoint now);

/// CloudWatch alarms on the metric SecondsUntilKeyMaterialExpiration of AWS/KMS, `lead` before the end.
[[nodiscard]] std::string alarmCommand(const MaterialEnd& end, std::chrono::days lead);
/// The same of all keys as one CloudFormation template.
[[nodiscard]] Json alarmTemplate(const std::vector<MaterialEnd>& ends, std::chrono::days lead);

/// {"keyArn", "aliases", "keyMaterialId", "end", "ceremonyBy", "daysLeft", "alarmCommand"}
[[nodiscard]] Json toJson(const MaterialEnd& end, std::chrono::days lead, TimePoint now);

}  // namespace keyconvoy::app
