#include "kmsclient/simulator/service.h"

#include "core/error.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/authentication.h"
#include "kmsclient/simulator/fault_answers.h"
#include "kmsclient/simulator/form.h"
#include "kmsclient/simulator/operation_kind.h"
#include "kmsclient/simulator/operations.h"
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

SealKeys freshSealKeys() {
    return {.importTokens = randomBytes(32), .sessionTokens = randomBytes(32)};
}

/// An error's text may repeat octets of the request that are no UTF-8.
HttpReply jsonReply(int status, const Json& body) {
    return {.status = status,
            .contentType = jsonType,
            .headers = {},
            .body = body.is_null() ? "" : body.dump(-1, ' ', false, Json::error_handler_t::replace)};
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
        return parseForm(request.body).value("Action", "");
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
            KeyStore::Access access = call.toChange();  // the key as it is, also where calls that read see it later
            return requireKeyNamed(call, access, Aliases::Taken, value->get<std::string>()).arn;
        } catch (const ApiError&) {
            return "*";
        }
    }
    return "*";
}

/// What a policy would be asked about a call of KMS.
AccessAttempt accessOf(const Call& call) {
    return {.caller = call.caller.arn, .action = "kms:" + std::string{call.operation}, .resource = keyNamedIn(call)};
}

/// The key that a call was about: the reply says it, or the request.
std::string resourceOf(const Json& result, const std::optional<Call>& call) {
    if (result.is_object() && result.contains("KeyMetadata")) {
        return result.at("KeyMetadata").value("Arn", "");
    }
    std::string told = result.is_object() ? result.value("KeyId", "") : "";
    if (told.starts_with("arn:")) {
        return told;
    }
    const std::string named = call ? keyNamedIn(*call) : "*";
    return named == "*" ? "" : named;
}

AccessAttempt accessOfQuery(const StsCall& call) {
    return {.caller = call.from ? call.from->caller.arn : "",
            .action = "sts:" + call.action,
            .resource = call.form->value("RoleArn", "*")};
}

/// What CloudTrail shows of a call of STS; nothing in it is secret.
Json shownOfForm(const Json& form) {
    Json shown = Json::object();
    for (const char* member : {"RoleArn", "RoleSessionName", "DurationSeconds"}) {
        if (form.contains(member)) {
            shown[member] = form.at(member);
        }
    }
    return shown;
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
    std::optional<Authenticated> from{};  ///< absent: there was no good signature
    std::optional<WebIdentityRequest> webIdentity{};
    const Operation* operation = nullptr;  ///< null: none is known by the name that came
    Json parameters{};                     ///< null: none were understood
    Json result{};                         ///< null: none
    std::optional<ApiError> error{};
};

Service::Service(const ServiceOptions& options, Clock clock) : Service{options, std::move(clock), freshSealKeys()} {
}

Service::Service(const ServiceOptions& options, Clock clock, const SealKeys& fresh)
    : m_clock{std::move(clock)},
      m_audit{options.auditLog ? std::make_unique<AuditLog>(*options.auditLog) : nullptr},
      m_state{options.stateFolder ? std::make_unique<StateFolder>(*options.stateFolder, fresh) : nullptr},
      m_region{options.region},
      m_credentials{credentialsOf(accountId)},
      m_delays{
          .rotation = options.rotationDelay, .replication = options.replicationDelay, .propagation = options.propagationDelay},
      m_world{.store = KeyStore{m_delays},
              .pairs = RsaPairPool{options.readyPairs},
              .tokens = ImportTokenSealer{(m_state == nullptr ? fresh : m_state->sealKeys()).importTokens},
              .sessions = SessionSealer{(m_state == nullptr ? fresh : m_state->sealKeys()).sessionTokens}} {
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

/// Nobody gets parameters or sessions of it, so that its seals are those of nobody.
std::shared_ptr<World> Service::worldAsItStands() {
    const SealKeys keys = freshSealKeys();
    std::shared_ptr<World> copy{new World{.store = KeyStore{m_delays},
                                          .pairs = RsaPairPool{0},
                                          .tokens = ImportTokenSealer{keys.importTokens},
                                          .sessions = SessionSealer{keys.sessionTokens}}};
    copy->store.restore([contents = m_world.store.contents()](StoreContents& empty) { empty = contents; });
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
    course.from = authenticate(request, "kms", m_world.sessions, course.time + faults.skew);
    const Operation& operation = requireOperation(request);
    course.operation = &operation;
    refuseCaller(faults, Protocol::Json);
    course.parameters = parseBody(request.body);
    checkRequest(course.parameters, operation.rules);
    World& world = faults.staleState != nullptr && readsState(operation.name) ? *faults.staleState : m_world;
    const Call call{.operation = operation.name,
                    .request = course.parameters,
                    .world = world,
                    .now = course.time,
                    .caller = course.from->caller,
                    .region = course.from->region};
    refuseAccess(faults, Protocol::Json, [&call] { return accessOf(call); });
    failService(faults, Protocol::Json, Moment::Before);
    course.result = carryOut(operation, call);
    failService(faults, Protocol::Json, Moment::After);
    return jsonReply(200, course.result);
}

HttpReply Service::answerQuery(const HttpRequest& request, const CallFaults& faults, Course& course) const {
    const StsCall call = readStsCall(request, m_world.sessions, course.time + faults.skew);
    course.from = call.from;
    course.parameters = shownOfForm(*call.form);
    if (!call.from) {
        course.webIdentity = readWebIdentityRequest(*call.form);
    }
    refuseCaller(faults, Protocol::Query);
    refuseAccess(faults, Protocol::Query, [&call] { return accessOfQuery(call); });
    failService(faults, Protocol::Query, Moment::Before);
    HttpReply reply = answerSts(call, course.requestId, m_world.sessions, course.time);
    failService(faults, Protocol::Query, Moment::After);
    return reply;
}

/// Who is not known, and what is no operation, is not in CloudTrail either.
void Service::audit(const HttpRequest& request, const Course& course) {
    const bool query = isForSts(request);
    if (m_audit == nullptr || !(course.from || course.webIdentity) || (course.operation == nullptr && !query)) {
        return;
    }
    using From = std::variant<Authenticated, WebIdentity>;
    const From from = course.from ? From{*course.from} : From{course.webIdentity->identity};
    std::optional<Call> call;
    if (course.operation != nullptr && course.parameters.is_object()) {
        call.emplace(Call{.operation = course.operation->name,
                          .request = course.parameters,
                          .world = m_world,
                          .now = course.time,
                          .caller = course.from->caller,
                          .region = course.from->region});
    }
    m_audit->write(auditEvent({.eventSource = query ? "sts.amazonaws.com" : "kms.amazonaws.com",
                               .operation = operationNameOf(request),
                               .from = from,
                               .region = course.from ? course.from->region : m_region,
                               .account = course.from ? course.from->caller.account : course.webIdentity->account,
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
