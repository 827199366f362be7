#include "kmsclient/simulator/service.h"

#include "core/error.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/authentication.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/sts.h"

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

}  // namespace

Service::Service(const ServiceOptions& options, Clock clock)
    : m_clock{std::move(clock)},
      m_region{options.region},
      m_credentials{credentialsOf(accountId)},
      m_world{.store = KeyStore{{.rotation = options.rotationDelay,
                                 .replication = options.replicationDelay,
                                 .propagation = options.propagationDelay}},
              .pairs = RsaPairPool{options.readyPairs},
              .tokens = ImportTokenSealer{},
              .sessions = SessionSealer{}} {
}

HttpReply Service::answerKms(const HttpRequest& request, TimePoint now) {
    const Authenticated from = authenticate(request, "kms", m_world.sessions, now);
    const Operation& operation = requireOperation(request);
    const Json body = parseBody(request.body);
    checkRequest(body, operation.rules);
    return jsonReply(200, operation.run({.operation = operation.name,
                                         .request = body,
                                         .world = m_world,
                                         .now = now,
                                         .caller = from.caller,
                                         .region = from.region}));
}

HttpReply Service::answer(const HttpRequest& request) {
    const TimePoint now = m_clock();
    const std::string requestId = randomUuid();
    HttpReply reply = isForSts(request) ? answered([&] { return answerSts(request, requestId, m_world.sessions, now); },
                                                   [&](const ApiError& error) { return stsError(error, requestId); })
                                        : answered([&] { return answerKms(request, now); }, &jsonError);
    reply.headers.emplace_back("x-amzn-RequestId", requestId);
    reply.headers.emplace_back("Date", toHttpDate(now));
    return reply;
}

}  // namespace keyconvoy::kms::simulator
