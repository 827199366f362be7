#include "app/rehearsal/simulated_time.h"

#include "core/strict_json.h"
#include "kmsclient/transport.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace keyconvoy::app {

namespace {

Text placeOfControl() {
    return KC_TEXT("SimulatedTime", "control interface of the KMS simulator");
}

}  // namespace

SimulatedTime::SimulatedTime(std::string controlUrl, Clock clock)
    : m_controlUrl{std::move(controlUrl)}, m_clock{std::move(clock)} {
}

void SimulatedTime::advance(std::chrono::days days) {
    kms::HttpRequest request;
    request.endpoint = kms::Endpoint::parse(m_controlUrl, placeOfControl());
    request.headers = {{"host", request.endpoint.hostHeader()}, {"content-type", "application/json"}};
    request.body = Json{{"by", std::to_string(days.count()) + "d"}}.dump();
    request.place = placeOfControl();
    request.target = "/clock/advance";
    kms::TransportOptions options;
    options.environment = [](const std::string&) { return std::optional<std::string>{}; };  // no proxy of the user's
    const kms::HttpReply reply = kms::Transport{std::move(options)}.send(request);
    if (reply.status != 200) {
        throw Error{ErrorKind::Integrity, placeOfControl(),
                    KC_TEXT("SimulatedTime", "it did not move its clock (status %1): %2")
                        .with(std::to_string(reply.status))
                        .with(reply.body),
                    KC_TEXT("SimulatedTime", "install simulator and keyconvoy of the same version")};
    }
    *m_ahead += days;
}

Clock SimulatedTime::clock() const {
    return [clock = m_clock, ahead = m_ahead] { return clock() + *ahead; };
}

}  // namespace keyconvoy::app
