#include "kmsclient/simulator/audit_log.h"

#include "core/error.h"
#include "kmsclient/simulator/crypto.h"
#include "kmsclient/simulator/operation_kind.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <system_error>

namespace keyconvoy::kms::simulator {

namespace {

/// CloudTrail writes numbers of seconds as texts in these.
constexpr std::array<std::string_view, 3> timeMembers{"ValidTo", "CreationDate", "DeletionDate"};

/// What CloudTrail shows of the replies of calls that change something; all else stays out, known or not.
constexpr std::array<std::string_view, 8> shownResults{"KeyMetadata",        "KeyId",        "KeyMaterialId",
                                                       "KeyState",           "DeletionDate", "PendingWindowInDays",
                                                       "ReplicaKeyMetadata", "ReplicaTags"};

bool isIn(const auto& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// keyId for KeyId, as CloudTrail spells members.
std::string lowerFirst(std::string name) {
    if (!name.empty() && name.front() >= 'A' && name.front() <= 'Z') {
        name.front() = static_cast<char>(name.front() - 'A' + 'a');
    }
    return name;
}

/// "May 21, 2025, 5:47:45 AM", in UTC.
std::string calendarText(double seconds) {
    static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    using namespace std::chrono;
    const sys_seconds time{std::chrono::seconds{static_cast<std::int64_t>(std::clamp(seconds, -6e10, 2.5e11))}};
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    const auto hour = clock.hours().count();
    const auto twoDigits = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    return std::string{months.at(static_cast<unsigned>(date.month()) - 1)} + " " +
           std::to_string(static_cast<unsigned>(date.day())) + ", " + std::to_string(static_cast<int>(date.year())) + ", " +
           std::to_string(hour % 12 == 0 ? 12 : hour % 12) + ":" + twoDigits(clock.minutes().count()) + ":" +
           twoDigits(clock.seconds().count()) + (hour < 12 ? " AM" : " PM");
}

Json withLowerNames(const Json& value);

Json shown(const std::string& name, const Json& value) {
    return value.is_number() && isIn(timeMembers, name) ? Json(calendarText(value.get<double>())) : withLowerNames(value);
}

Json withLowerNames(const Json& value) {
    if (value.is_array()) {
        Json list = Json::array();
        for (const Json& element : value) {
            list.push_back(withLowerNames(element));
        }
        return list;
    }
    if (!value.is_object()) {
        return value;
    }
    Json object = Json::object();
    for (const auto& [name, member] : value.items()) {
        object[lowerFirst(name)] = shown(name, member);
    }
    return object;
}

bool mayBeShown(const MemberRule& rule) {
    return rule.kind != MemberKind::Blob && rule.kind != MemberKind::Structure && rule.name != "GrantTokens";
}

/// A member of kind TextMap has names of the caller's own.
Json requestParameters(const AuditedCall& call) {
    if (!call.parameters.is_object()) {
        return nullptr;
    }
    if (call.rules == nullptr) {
        return call.parameters.empty() ? Json(nullptr) : withLowerNames(call.parameters);
    }
    Json parameters = Json::object();
    for (const MemberRule& rule : call.rules->rules) {
        const auto member = call.parameters.find(rule.name);
        if (member != call.parameters.end() && !member->is_null() && mayBeShown(rule)) {
            const std::string name{rule.name};
            parameters[lowerFirst(name)] = rule.kind == MemberKind::TextMap ? *member : shown(name, *member);
        }
    }
    return parameters.empty() ? Json(nullptr) : parameters;
}

/// "responseElements.keyId of mutating calls", also of those that answer nothing.
Json responseElements(const AuditedCall& call) {
    if (call.error || kindOf(call.operation) == OperationKind::Read) {
        return nullptr;
    }
    Json elements = Json::object();
    if (call.result.is_object()) {
        for (const auto& [name, member] : call.result.items()) {
            if (isIn(shownResults, name)) {
                elements[lowerFirst(name)] = shown(name, member);
            }
        }
    }
    if (elements.empty() && !call.resource.empty()) {
        elements["keyId"] = call.resource;
    }
    return elements.empty() ? Json(nullptr) : elements;
}

/// CloudTrail User Guide, "CloudTrail userIdentity element": a user, or a session with the role that issued it.
Json userIdentity(const Authenticated& from) {
    const Caller& caller = from.caller;
    const std::string userName = caller.principal.substr(caller.principal.rfind('/') + 1);
    Json identity{{"type", isSession(caller) ? "AssumedRole" : "IAMUser"},
                  {"principalId", caller.userId},
                  {"arn", caller.arn},
                  {"accountId", caller.account},
                  {"accessKeyId", from.accessKeyId}};
    if (isSession(caller)) {
        identity["sessionContext"]["sessionIssuer"] = {{"type", "Role"},
                                                       {"principalId", caller.userId.substr(0, caller.userId.find(':'))},
                                                       {"arn", caller.principal},
                                                       {"accountId", caller.account},
                                                       {"userName", userName}};
    } else {
        identity["userName"] = userName;
    }
    return identity;
}

/// The same for a token of an identity provider, which is all that is known of its bearer.
Json userIdentity(const WebIdentity& from) {
    return {{"type", "WebIdentityUser"},
            {"principalId", from.provider + ":" + from.audience + ":" + from.subject},
            {"userName", from.subject},
            {"identityProvider", from.provider}};
}

/// arn:aws:kms:<region>:<account>:key/<key id>
std::string accountIn(const std::string& keyArn) {
    std::size_t start = 0;
    for (int colon = 0; colon < 4; ++colon) {
        start = keyArn.find(':', start) + 1;
    }
    return keyArn.substr(start, keyArn.find(':', start) - start);
}

Json resources(const AuditedCall& call) {
    Json list = Json::array();
    if (!call.resource.empty()) {
        list.push_back({{"accountId", accountIn(call.resource)}, {"type", "AWS::KMS::Key"}, {"ARN", call.resource}});
    }
    return list;
}

/// CloudTrail has KMS's refusals without "Exception".
std::string errorCode(const ApiError& error) {
    return error.type() == "AccessDeniedException" ? "AccessDenied" : error.type();
}

}  // namespace

Json auditEvent(const AuditedCall& call) {
    Json event{{"eventVersion", "1.11"},
               {"userIdentity", std::visit([](const auto& from) { return userIdentity(from); }, call.from)},
               {"eventTime", toRfc3339(call.time)},
               {"eventSource", call.eventSource},
               {"eventName", call.operation},
               {"awsRegion", call.region},
               {"sourceIPAddress", call.request.remoteAddress},
               {"userAgent", call.request.header("user-agent").value_or("")}};
    if (call.error) {
        event["errorCode"] = errorCode(*call.error);
        if (call.error->message()) {
            event["errorMessage"] = *call.error->message();
        }
    }
    event["requestParameters"] = requestParameters(call);
    event["responseElements"] = responseElements(call);
    event["requestID"] = call.requestId;
    event["eventID"] = randomUuid();
    event["readOnly"] = kindOf(call.operation) == OperationKind::Read;
    event["resources"] = resources(call);
    event["eventType"] = "AwsApiCall";
    event["recipientAccountId"] = call.account;
    return event;
}

AuditLog::AuditLog(const std::filesystem::path& path)
    : m_file{::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)} {
    if (!m_file.valid()) {
        throw Error{ErrorKind::Unavailable, KC_TEXT("Simulator", "audit log %1").with(path.string()),
                    KC_TEXT("Simulator", "it cannot be written: %1").with(std::generic_category().message(errno)),
                    KC_TEXT("Simulator", "name another file")};
    }
}

void AuditLog::write(const Json& event) {
    const std::string line = event.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    const std::lock_guard lock{m_mutex};
    struct stat before {};
    const bool regular = ::fstat(m_file.get(), &before) == 0 && S_ISREG(before.st_mode);
    const ssize_t written = ::write(m_file.get(), line.data(), line.size());
    const bool torn = written > 0 && static_cast<std::size_t>(written) < line.size();
    if (torn && regular && ::ftruncate(m_file.get(), before.st_size) != 0) {
        m_file = FileDescriptor{};  // half a line stays, and nothing may be written behind it
    }
}

}  // namespace keyconvoy::kms::simulator
