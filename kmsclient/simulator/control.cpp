#include "kmsclient/simulator/control.h"

#include "core/error.h"
#include "kmsclient/simulator/duration.h"
#include "kmsclient/simulator/fault_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

constexpr const char* jsonType = "application/json";

HttpReply reply(int status, const Json& body) {
    return {.status = status,
            .contentType = jsonType,
            .headers = {{"Cache-Control", "no-store"}},
            .body = body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

/// Ends a request with a status of HTTP.
struct Refusal {
    int status;
    std::string text;
};

// ------------------------------------------------------------------------------------------------------ who may ask

/// 127.0.0.1:4711, [::1]:4711 or localhost:4711; a page whose name was made to resolve to loopback comes with that name.
bool namesLoopback(std::string_view host) {
    if (const std::size_t colon = host.rfind(':'); colon != std::string_view::npos && !host.ends_with(']')) {
        host = host.substr(0, colon);
    }
    const bool digits = std::ranges::all_of(host, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
    return host == "localhost" || host == "[::1]" || (digits && host.starts_with("127."));
}

/// Fetch standard, "HTTP extensions"; Fetch Metadata: a browser names the page that asks in Origin or Sec-Fetch-Site. Bodies
/// must be declared as JSON, which no form can send.
void refuseBrowsersPages(const HttpRequest& request) {
    const std::string site = request.header("sec-fetch-site").value_or("none");
    if (request.header("origin") || site != "none") {
        throw Refusal{403, "pages in a browser may not control the simulator"};
    }
    if (!namesLoopback(request.header("host").value_or(""))) {
        throw Refusal{403, "ask by the loopback address that the simulator printed"};
    }
    const std::string type = request.header("content-type").value_or("");
    if (!request.body.empty() && type.substr(0, type.find(';')) != jsonType) {
        throw Refusal{415, "say Content-Type: application/json"};
    }
}

// ------------------------------------------------------------------------------------------------------- what is asked

Json bodyOf(const HttpRequest& request) {
    Json body = parseStrictJson(request.body, KC_TEXT("Simulator", "the request's body"));
    if (!body.is_object()) {
        throw Refusal{400, "the request's body is no JSON object"};
    }
    return body;
}

/// Text in the member, which is to be the only one.
std::string onlyText(const Json& body, const char* member) {
    if (body.size() != 1 || !body.contains(member) || !body.at(member).is_string()) {
        throw Refusal{400, "the request's body is to have one member, the text \"" + std::string{member} + "\""};
    }
    return body.at(member);
}

Json clockState(const SimulatedClock& clock) {
    return {{"now", toRfc3339Milliseconds(clock.now())}, {"stands", clock.motion() == Motion::Stands}};
}

/// "now" and "stands", of which one may be left out.
HttpReply setClock(const HttpRequest& request, SimulatedClock& clock) {
    const Json body = bodyOf(request);
    const Json stands = body.value("stands", Json(clock.motion() == Motion::Stands));
    const Json now = body.value("now", Json(""));
    const std::size_t known = (body.contains("stands") ? 1U : 0U) + (body.contains("now") ? 1U : 0U);
    if (known == 0 || body.size() != known || !stands.is_boolean() || !now.is_string()) {
        throw Refusal{400, "the request's body is to have \"now\" (a text), \"stands\" (true or false) or both"};
    }
    const Motion motion = stands.get<bool>() ? Motion::Stands : Motion::Runs;
    if (!body.contains("now")) {
        clock.set(motion);
        return reply(200, clockState(clock));
    }
    const auto time = parseRfc3339(now.get_ref<const std::string&>());
    if (!time) {
        throw Refusal{400, "\"now\" is no time such as 2027-06-17T12:00:00Z"};
    }
    clock.set(*time, motion);
    return reply(200, clockState(clock));
}

HttpReply advanceClock(const HttpRequest& request, SimulatedClock& clock) {
    const auto by = parseDuration(onlyText(bodyOf(request), "by"));
    if (!by) {
        throw Refusal{400, "\"by\" is no time such as 250ms, 90s, -10m, 25h or 2d"};
    }
    clock.advance(*by);
    return reply(200, clockState(clock));
}

HttpReply listFaults(Faults& faults) {
    Json list = Json::array();
    for (const Faults::Listed& listed : faults.list()) {
        list.push_back(toJson(listed));
    }
    return reply(200, {{"faults", std::move(list)}});
}

HttpReply addFault(const HttpRequest& request, Service& service) {
    Fault fault = faultFromJson(bodyOf(request));
    Json told = toJson(Faults::Listed{.id = 0, .fault = fault});
    told["id"] = service.addFault(std::move(fault));
    return reply(201, told);
}

HttpReply removeFault(std::string_view idText, Faults& faults) {
    std::uint64_t id = 0;
    const auto [end, error] = std::from_chars(idText.data(), idText.data() + idText.size(), id);
    if (error != std::errc{} || end != idText.data() + idText.size() || !faults.remove(id)) {
        throw Refusal{404, "there is no fault of this ID, or no longer"};
    }
    return reply(200, Json::object());
}

HttpReply clearFaults(Faults& faults) {
    faults.clear();
    return reply(200, Json::object());
}

constexpr std::string_view faultPath = "/faults/";

HttpReply answerAllowed(const HttpRequest& request, SimulatedClock& clock, Service& service) {
    const std::string asked = request.method + " " + request.target;
    if (asked == "GET /clock") {
        return reply(200, clockState(clock));
    }
    if (asked == "PUT /clock") {
        return setClock(request, clock);
    }
    if (asked == "POST /clock/advance") {
        return advanceClock(request, clock);
    }
    if (asked == "GET /faults") {
        return listFaults(service.faults());
    }
    if (asked == "POST /faults") {
        return addFault(request, service);
    }
    if (asked == "DELETE /faults") {
        return clearFaults(service.faults());
    }
    if (request.method == "DELETE" && request.target.starts_with(faultPath)) {
        return removeFault(std::string_view{request.target}.substr(faultPath.size()), service.faults());
    }
    throw Refusal{404, "there are GET and PUT /clock, POST /clock/advance, GET, POST and DELETE /faults, DELETE /faults/ID"};
}

HttpReply refusal(int status, const std::string& text) {
    return reply(status, {{"error", text}});
}

}  // namespace

HttpReply Control::answer(const HttpRequest& request) {
    try {
        refuseBrowsersPages(request);
        return answerAllowed(request, m_clock, m_service);
    } catch (const Refusal& refused) {
        return refusal(refused.status, refused.text);
    } catch (const Error& error) {
        const Failure& failure = error.failure();
        return refusal(error.kind() == ErrorKind::InvalidInput ? 400 : 500,
                       toEnglish(failure.place) + ": " + toEnglish(failure.cause) + "; " + toEnglish(failure.remedy));
    }
}

}  // namespace keyconvoy::kms::simulator
