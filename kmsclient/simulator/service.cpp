#include "kmsclient/simulator/service.h"

#include "core/base64.h"
#include "core/error.h"
#include "core/hex.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/fault_answers.h"
#include "kmsclient/simulator/key_record_json.h"
#include "kmsclient/simulator/operation_kind.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/query_form.h"
#include "kmsclient/simulator/sts.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

constexpr const char* jsonType = "application/x-amz-json-1.1";

/// RFC 9110, 5.6.7; clients correct their clocks by it.
std::string toHttpDate(TimePoint time) {
    static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::string text = toRfc3339(time);  // 2027-06-17T12:00:00Z
    const auto month = static_cast<std::size_t>(std::stoi(text.substr(5, 2)) - 1);
    return weekdayName(time).substr(0, 3) + ", " + text.substr(8, 2) + " " + months.at(month) + " " + text.substr(0, 4) + " " +
           text.substr(11, 8) + " GMT";
}

Credentials randomCredentials() {
    std::string id = toHex(randomBytes(8));
    std::ranges::transform(id, id.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return {.accessKeyId = "AKIA" + id, .secretAccessKey = toBase64(randomBytes(30))};
}

Identity freshIdentity() {
    return {.credentials = randomCredentials(), .tokenKey = randomBytes(32)};
}

HttpReply jsonReply(int status, const Json& body) {
    return {.status = status, .contentType = jsonType, .headers = {}, .body = body.is_null() ? "" : body.dump()};
}

HttpReply jsonError(const ApiError& error) {
    Json body{{"__type", error.type()}};
    if (error.message()) {
        body["message"] = *error.message();
    }
    return jsonReply(error.status(), body);
}

Json parseBody(const std::string& body) {
    try {
        Json request = parseStrictJson(body, KC_TEXT("Simulator", "the request"));
        if (request.is_object()) {
            return request;
        }
    } catch (const Error&) {  // KMS gives no details either
    }
    throw ApiError{"SerializationException"};
}

const Operation& requireOperation(const HttpRequest& request) {
    constexpr std::string_view prefix = "TrentService.";
    const std::string target = request.header("x-amz-target").value_or("");
    const Operation* operation =
        target.starts_with(prefix) ? operationNamed(std::string_view{target}.substr(prefix.size())) : nullptr;
    if (operation == nullptr || request.method != "POST" || request.target != "/") {
        throw ApiError{"UnknownOperationException"};
    }
    return *operation;
}

bool isForSts(const HttpRequest& request) {
    return request.header("content-type").value_or("").starts_with("application/x-www-form-urlencoded");
}

/// As the request names it, right or wrong; empty when it names none.
std::string operationNameOf(const HttpRequest& request) {
    if (isForSts(request)) {
        return formMember(request.body, "Action").value_or("");
    }
    const std::string target = request.header("x-amz-target").value_or("");
    return target.substr(target.find('.') + 1);
}

template <class Answer, class Refuse>
HttpReply answered(Answer answer, Refuse refuse) {
    try {
        return answer();
    } catch (const ApiError& error) {
        return refuse(error);
    } catch (const std::exception&) {
        return refuse(ApiError{"KMSInternalException", "The simulator could not do this.", 500});
    }
}

/// The ARN of the key that the request names; "*" when it names none, or none that is there.
std::string keyNamedIn(const Call& call) {
    for (const char* member : {"KeyId", "TargetKeyId"}) {
        const Json* value = call.has(member) ? &call.request.at(member) : nullptr;
        if (value == nullptr || !value->is_string()) {
            continue;
        }
        try {
            KeyStore::Access access = call.world.store.access(call.now);
            return requireKeyNamed(call, access, Aliases::Taken, value->get<std::string>()).arn;
        } catch (const ApiError&) {
            return "*";
        }
    }
    return "*";
}

/// What a policy would be asked about a call of KMS.
AccessAttempt accessOf(const Call& call) {
    return {.caller = callerArn(), .action = "kms:" + std::string{call.operation}, .resource = keyNamedIn(call)};
}

/// The key that a call was about: the reply says it, or the request.
std::string resourceOf(const Json& result, const std::optional<Call>& call) {
    if (result.is_object() && result.contains("KeyMetadata")) {
        return result.at("KeyMetadata").value("Arn", "");
    }
    const std::string told = result.is_object() ? result.value("KeyId", "") : "";
    if (told.starts_with("arn:")) {
        return told;
    }
    const std::string named = call ? keyNamedIn(*call) : "*";
    return named == "*" ? "" : named;
}

AccessAttempt accessOfQuery(const HttpRequest& request) {
    return {.caller = callerArn(),
            .action = "sts:" + operationNameOf(request),
            .resource = formMember(request.body, "RoleArn").value_or("*")};
}

Delivery deliveryOf(const CallFaults& faults) {
    const auto point = dropPoint(faults);
    if (!point) {
        return Delivery::Whole;
    }
    return point == DropPoint::Midway ? Delivery::Cut : Delivery::Dropped;
}

}  // namespace

struct Service::Course {
    TimePoint time;
    std::string requestId;
    bool signatureIsGood = false;
    const Operation* operation = nullptr;  ///< null: none is known by the name that came
    Json parameters{};                     ///< null: none were understood
    Json result{};                         ///< null: none
    std::optional<ApiError> error{};
};

Service::Service(const ServiceOptions& options, Clock clock) : Service{options, std::move(clock), freshIdentity()} {
}

Service::Service(const ServiceOptions& options, Clock clock, Identity identity)
    : m_clock{std::move(clock)},
      m_audit{options.auditLog ? std::make_unique<AuditLog>(*options.auditLog) : nullptr},
      m_state{options.stateFolder ? std::make_unique<StateFolder>(*options.stateFolder, identity) : nullptr},
      m_credentials{(m_state == nullptr ? identity : m_state->identity()).credentials},
      m_rotationDelay{options.rotationDelay},
      m_world{.region = options.region,
              .store = KeyStore{options.rotationDelay},
              .pairs = RsaPairPool{options.readyPairs},
              .tokens = ImportTokenSealer{(m_state == nullptr ? identity : m_state->identity()).tokenKey}} {
    if (m_state != nullptr) {
        m_state->attach(m_world.store);
    }
}

std::uint64_t Service::addFault(Fault fault) {
    if (auto* changing = std::get_if<ChangingFault>(&fault.effect)) {
        if (auto* stale = std::get_if<StaleReads>(changing)) {
            stale->state = worldAsItStands();
        }
    }
    return m_faults.add(std::move(fault));
}

std::shared_ptr<World> Service::worldAsItStands() {
    std::shared_ptr<World> copy{new World{
        .region = m_world.region, .store = KeyStore{m_rotationDelay}, .pairs = RsaPairPool{0}, .tokens = ImportTokenSealer{}}};
    const TimePoint now = m_clock();
    KeyStore::Access from = m_world.store.access(now);
    KeyStore::Access to = copy->store.access(now);
    for (const auto& [id, key] : from.allKeys()) {
        to.add(keyRecordFromJson(toJson(key)));
    }
    to.aliases() = from.aliases();
    return copy;
}

/// The operation, with what it changed on the disk. A call that is refused may have changed something too: what time made due.
Json Service::carryOut(const Operation& operation, const Call& call) {
    if (m_state == nullptr) {
        return operation.run(call);
    }
    Json result;
    try {
        result = operation.run(call);
    } catch (...) {
        static_cast<void>(m_state->commit());
        throw;
    }
    if (!m_state->commit() && !readsState(operation.name)) {
        throw ApiError{"KMSInternalException", "The simulator could not store this change, and undid it.", 500};
    }
    return result;
}

/// In this order a call meets what goes wrong: caller, request, access, service.
HttpReply Service::answerKms(const HttpRequest& request, const CallFaults& faults, Course& course) {
    checkSignature(request, m_credentials, {.region = m_world.region, .service = "kms"}, course.time + faults.skew);
    course.signatureIsGood = true;
    const Operation& operation = requireOperation(request);
    course.operation = &operation;
    refuseCaller(faults, Protocol::Json);
    course.parameters = parseBody(request.body);
    checkRequest(course.parameters, operation.rules);
    World& world = faults.staleState != nullptr && readsState(operation.name) ? *faults.staleState : m_world;
    const Call call{.operation = operation.name, .request = course.parameters, .world = world, .now = course.time};
    refuseAccess(faults, Protocol::Json, [&call] { return accessOf(call); });
    failService(faults, Protocol::Json, Moment::Before);
    course.result = carryOut(operation, call);
    failService(faults, Protocol::Json, Moment::After);
    return jsonReply(200, course.result);
}

HttpReply Service::answerQuery(const HttpRequest& request, const CallFaults& faults, Course& course) {
    checkSignature(request, m_credentials, {.region = m_world.region, .service = "sts"}, course.time + faults.skew);
    course.signatureIsGood = true;
    refuseCaller(faults, Protocol::Query);
    refuseAccess(faults, Protocol::Query, [&request] { return accessOfQuery(request); });
    failService(faults, Protocol::Query, Moment::Before);
    HttpReply reply = answerSts(request, course.requestId);
    failService(faults, Protocol::Query, Moment::After);
    return reply;
}

/// Who is not known, and what is no operation, is not in CloudTrail either.
void Service::audit(const HttpRequest& request, const Course& course) {
    const bool query = isForSts(request);
    if (m_audit == nullptr || !course.signatureIsGood || (course.operation == nullptr && !query)) {
        return;
    }
    std::optional<Call> call;
    if (course.operation != nullptr && course.parameters.is_object()) {
        call.emplace(
            Call{.operation = course.operation->name, .request = course.parameters, .world = m_world, .now = course.time});
    }
    m_audit->write(auditEvent({.eventSource = query ? "sts.amazonaws.com" : "kms.amazonaws.com",
                               .operation = operationNameOf(request),
                               .region = m_world.region,
                               .accessKeyId = m_credentials.accessKeyId,
                               .request = request,
                               .rules = course.operation,
                               .parameters = course.parameters,
                               .result = course.result,
                               .resource = resourceOf(course.result, call),
                               .error = course.error,
                               .requestId = course.requestId,
                               .time = course.time}));
}

HttpReply Service::answer(const HttpRequest& request) {
    const CallFaults faults = m_faults.take(operationNameOf(request));
    if (dropPoint(faults) == DropPoint::Before) {
        return {.status = 500, .contentType = jsonType, .headers = {}, .body = "", .delivery = Delivery::Dropped};
    }
    const bool query = isForSts(request);
    Course course{.time = m_clock(), .requestId = randomUuid()};
    HttpReply reply = answered([&] { return query ? answerQuery(request, faults, course) : answerKms(request, faults, course); },
                               [&](const ApiError& error) {
                                   course.error = error;
                                   return query ? stsError(error, course.requestId) : jsonError(error);
                               });
    reply.headers.emplace_back("x-amzn-RequestId", course.requestId);
    reply.headers.emplace_back("Date", toHttpDate(course.time + faults.skew));
    reply.delivery = deliveryOf(faults);
    audit(request, course);
    m_faults.wait(faults.delay);
    return reply;
}

}  // namespace keyconvoy::kms::simulator
