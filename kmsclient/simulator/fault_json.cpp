#include "kmsclient/simulator/fault_json.h"

#include "core/error.h"
#include "core/name_table.h"
#include "kmsclient/simulator/duration.h"
#include "kmsclient/simulator/operations.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

constexpr NameTable<PolicyKind, 7> policyNames{{
    {PolicyKind::Identity, "identity"},
    {PolicyKind::Resource, "resource"},
    {PolicyKind::PermissionsBoundary, "permissions-boundary"},
    {PolicyKind::Session, "session"},
    {PolicyKind::VpcEndpoint, "vpc-endpoint"},
    {PolicyKind::ServiceControl, "service-control"},
    {PolicyKind::ResourceControl, "resource-control"},
}};
static_assert(hasNoRepeats(policyNames));

constexpr NameTable<Denial, 2> denialNames{{{Denial::NoAllow, "no-allow"}, {Denial::Explicit, "explicit"}}};
constexpr NameTable<Moment, 2> momentNames{{{Moment::Before, "before"}, {Moment::After, "after"}}};
constexpr NameTable<DropPoint, 3> dropPointNames{
    {{DropPoint::Before, "before"}, {DropPoint::After, "after"}, {DropPoint::Midway, "midway"}}};
constexpr NameTable<CertificateFlaw, 3> flawNames{{
    {CertificateFlaw::OtherHost, "other-host"},
    {CertificateFlaw::Expired, "expired"},
    {CertificateFlaw::UnknownIssuer, "unknown-issuer"},
}};

constexpr std::array<std::string_view, 5> serverErrors{"KMSInternalException", "DependencyTimeoutException",
                                                       "KeyUnavailableException", "InternalFailure", "ServiceUnavailable"};
/// Of STS, where nothing but these is known here.
constexpr std::array<std::string_view, 3> stsOperations{"GetCallerIdentity", "AssumeRole", "AssumeRoleWithWebIdentity"};

[[noreturn]] void throwBadMember(std::string_view member, Text cause) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("Simulator", "fault, member %1").with(member), std::move(cause),
                KC_TEXT("Simulator", "CONTROL.md of the simulator lists kinds and members")};
}

/// Takes members out of a fault, so that what is left at the end is known to be a mistake.
class Members {
public:
    explicit Members(Json json) : m_json(std::move(json)) {  // braces would make a list of it
        if (!m_json.is_object()) {
            throwBadMember("kind", KC_TEXT("Simulator", "a fault is a JSON object"));
        }
    }

    std::optional<std::string> text(const char* name) {
        const std::optional<Json> value = take(name);
        if (!value) {
            return std::nullopt;
        }
        if (!value->is_string()) {
            throwBadMember(name, KC_TEXT("Simulator", "it is not a text"));
        }
        return value->get<std::string>();
    }
    template <class Enum, std::size_t Size>
    Enum named(const char* name, const NameTable<Enum, Size>& table) {
        const std::string given = text(name).value_or(std::string{table.front().name});
        const auto value = valueNamed(table, given);
        if (!value) {
            throwBadMember(name, KC_TEXT("Simulator", "\"%1\" is none of %2").with(given).with(namesIn(table)));
        }
        return *value;
    }
    std::chrono::milliseconds duration(const char* name) {
        const std::string given = text(name).value_or("");
        const auto value = parseDuration(given);
        if (!value) {
            throwBadMember(name, KC_TEXT("Simulator", "\"%1\" is not a time such as 250ms, 90s, -10m or 25h").with(given));
        }
        return *value;
    }
    std::optional<std::uint32_t> count(const char* name) {
        const std::optional<Json> value = take(name);
        if (!value) {
            return std::nullopt;
        }
        constexpr std::uint64_t most = 1'000'000'000;
        if (!value->is_number_unsigned() || value->get<std::uint64_t>() < 1 || value->get<std::uint64_t>() > most) {
            throwBadMember(name, KC_TEXT("Simulator", "it is not a whole number from 1 to 1000000000"));
        }
        return value->get<std::uint32_t>();
    }
    void requireNoMore() const {
        if (!m_json.empty()) {
            throwBadMember(m_json.begin().key(), KC_TEXT("Simulator", "a fault of this kind has no such member"));
        }
    }

private:
    std::optional<Json> take(const char* name) {
        const auto member = m_json.find(name);
        if (member == m_json.end()) {
            return std::nullopt;
        }
        Json value = *member;
        m_json.erase(member);
        return value;
    }

    Json m_json;
};

AccessDenied readAccessDenied(Members& members) {
    return {.policy = members.named("policy", policyNames),
            .denial = members.named("denial", denialNames),
            .policyArn = members.text("policyArn").value_or("")};
}

ServerError readServerError(Members& members) {
    ServerError error{.exception = members.text("exception").value_or(std::string{serverErrors.front()}),
                      .moment = members.named("moment", momentNames)};
    if (std::ranges::find(serverErrors, error.exception) == serverErrors.end()) {
        throwBadMember("exception", KC_TEXT("Simulator", "\"%1\" is no error of a server").with(error.exception));
    }
    return error;
}

SlowReply readSlowReply(Members& members) {
    const SlowReply slow{.delay = members.duration("delay")};
    constexpr std::chrono::hours longest{24};
    if (slow.delay.count() < 0 || slow.delay > longest) {
        throwBadMember("delay", KC_TEXT("Simulator", "a reply waits for 0 to 24h"));
    }
    return slow;
}

struct Kind {
    std::string_view name;
    FaultEffect (*read)(Members& members);
};
constexpr std::array<Kind, 9> kinds{{
    {"access-denied", [](Members& members) -> FaultEffect { return EndingFault{readAccessDenied(members)}; }},
    {"throttling", [](Members&) -> FaultEffect { return EndingFault{Throttling{}}; }},
    {"expired-credentials", [](Members&) -> FaultEffect { return EndingFault{ExpiredCredentials{}}; }},
    {"server-error", [](Members& members) -> FaultEffect { return EndingFault{readServerError(members)}; }},
    {"dropped-connection",
     [](Members& members) -> FaultEffect {
         return EndingFault{DroppedConnection{.point = members.named("point", dropPointNames)}};
     }},
    {"slow-reply", [](Members& members) -> FaultEffect { return ChangingFault{readSlowReply(members)}; }},
    {"clock-skew",
     [](Members& members) -> FaultEffect { return ChangingFault{ClockSkew{.offset = members.duration("offset")}}; }},
    {"stale-reads", [](Members&) -> FaultEffect { return ChangingFault{StaleReads{.state = nullptr}}; }},
    {"wrong-certificate",
     [](Members& members) -> FaultEffect { return WrongCertificate{.flaw = members.named("flaw", flawNames)}; }},
}};

const Kind& requireKind(const std::string& name) {
    const auto* row = std::ranges::find(kinds, name, &Kind::name);
    if (row == kinds.end()) {
        std::string known;
        for (const Kind& kind : kinds) {
            known += (known.empty() ? "" : ", ") + std::string{kind.name};
        }
        throwBadMember("kind", KC_TEXT("Simulator", "\"%1\" is none of %2").with(name).with(known));
    }
    return *row;
}

std::string readOperation(Members& members, const FaultEffect& effect) {
    std::string operation = members.text("operation").value_or("");
    if (operation.empty()) {
        return operation;
    }
    if (std::holds_alternative<WrongCertificate>(effect)) {
        throwBadMember("operation", KC_TEXT("Simulator", "a connection is made before it is known what for"));
    }
    if (operationNamed(operation) == nullptr && std::ranges::find(stsOperations, operation) == stsOperations.end()) {
        throwBadMember("operation", KC_TEXT("Simulator", "\"%1\" is no operation of this simulator").with(operation));
    }
    return operation;
}

// -------------------------------------------------------------------------------------------------------------- writing

/// Kind and members of each effect.
struct Writer {
    Json operator()(const EndingFault& fault) const { return std::visit(*this, fault); }
    Json operator()(const ChangingFault& fault) const { return std::visit(*this, fault); }
    Json operator()(const AccessDenied& fault) const {
        Json json{{"kind", "access-denied"},
                  {"policy", nameOf(policyNames, fault.policy)},
                  {"denial", nameOf(denialNames, fault.denial)}};
        if (!fault.policyArn.empty()) {
            json["policyArn"] = fault.policyArn;
        }
        return json;
    }
    Json operator()(const Throttling&) const { return {{"kind", "throttling"}}; }
    Json operator()(const ExpiredCredentials&) const { return {{"kind", "expired-credentials"}}; }
    Json operator()(const ServerError& fault) const {
        return {{"kind", "server-error"}, {"exception", fault.exception}, {"moment", nameOf(momentNames, fault.moment)}};
    }
    Json operator()(const DroppedConnection& fault) const {
        return {{"kind", "dropped-connection"}, {"point", nameOf(dropPointNames, fault.point)}};
    }
    Json operator()(const SlowReply& fault) const { return {{"kind", "slow-reply"}, {"delay", toDuration(fault.delay)}}; }
    Json operator()(const ClockSkew& fault) const { return {{"kind", "clock-skew"}, {"offset", toDuration(fault.offset)}}; }
    Json operator()(const StaleReads&) const { return {{"kind", "stale-reads"}}; }
    Json operator()(const WrongCertificate& fault) const {
        return {{"kind", "wrong-certificate"}, {"flaw", nameOf(flawNames, fault.flaw)}};
    }
};

/// The members that are written as numbers in JSON.
Json valueOf(const std::string& name, std::string_view text) {
    const bool digits =
        !text.empty() && text.size() < 18 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return name == "calls" && digits ? Json(std::stoull(std::string{text})) : Json(text);
}

}  // namespace

Fault faultFromJson(const Json& json) {
    Members members{json};
    Fault fault{.effect = requireKind(members.text("kind").value_or("")).read(members), .operation = {}, .calls = std::nullopt};
    fault.operation = readOperation(members, fault.effect);
    fault.calls = members.count("calls");
    members.requireNoMore();
    return fault;
}

Fault parseFault(std::string_view text) {
    std::size_t comma = std::min(text.find(','), text.size());
    Json json{{"kind", text.substr(0, comma)}};
    while (comma < text.size()) {
        text.remove_prefix(comma + 1);
        comma = std::min(text.find(','), text.size());
        const std::string_view part = text.substr(0, comma);
        const std::string name{part.substr(0, part.find('='))};
        if (part.find('=') == std::string_view::npos || json.contains(name)) {
            throwBadMember(name, KC_TEXT("Simulator", "it is not written once, as name=value"));
        }
        json[name] = valueOf(name, part.substr(name.size() + 1));
    }
    return faultFromJson(json);
}

Json toJson(const Faults::Listed& listed) {
    Json json{{"id", listed.id}};
    json.update(std::visit(Writer{}, listed.fault.effect));
    if (!listed.fault.operation.empty()) {
        json["operation"] = listed.fault.operation;
    }
    if (listed.fault.calls) {
        json["calls"] = *listed.fault.calls;
    }
    return json;
}

}  // namespace keyconvoy::kms::simulator
