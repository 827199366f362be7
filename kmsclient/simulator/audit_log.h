#pragma once

#include "core/clock.h"
#include "core/file_descriptor.h"
#include "core/strict_json.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/authentication.h"
#include "kmsclient/simulator/http_message.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/sts_roles.h"

#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

namespace keyconvoy::kms::simulator {

/// One call whose caller is known, and what became of it.
struct AuditedCall {
    std::string eventSource;  ///< "kms.amazonaws.com" or "sts.amazonaws.com"
    std::string operation;
    const std::variant<Authenticated, WebIdentity>& from;
    std::string region;   ///< where it was answered
    std::string account;  ///< that it was made to
    const HttpRequest& request;
    const Operation* rules = nullptr;  ///< null: all parameters may be shown
    const Json& parameters;            ///< the request's members as they came; null: none were understood
    const Json& result;                ///< the reply's members; null: none
    std::string resource;              ///< the key's ARN; empty: none
    std::optional<ApiError> error;
    std::string requestId;
    TimePoint time;
};

/// The call as CloudTrail would record it (CloudTrail User Guide, "CloudTrail record contents"; KMS Developer Guide, "Logging AWS
/// KMS API calls with AWS CloudTrail"). Members that hold octets (material, plaintexts, ciphertexts, messages, import tokens) and
/// grant tokens are never in it; neither is a member that this simulator does not know.
[[nodiscard]] Json auditEvent(const AuditedCall& call);

/// A file of such events, one JSON object a line, that is added to. Any thread.
class AuditLog {
public:
    /// Makes the file (mode 0600) unless it is there. Throws Unavailable when it cannot be written.
    explicit AuditLog(const std::filesystem::path& path);

    /// Writes a whole line or nothing; like CloudTrail's, the log is best effort and no call fails for it.
    void write(const Json& event);

private:
    FileDescriptor m_file;
    std::mutex m_mutex;
};

}  // namespace keyconvoy::kms::simulator
