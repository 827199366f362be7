#pragma once

#include "core/clock.h"
#include "kmsclient/simulator/call.h"
#include "kmsclient/simulator/http_message.h"
#include "kmsclient/simulator/signature_check.h"

#include <chrono>
#include <string>

namespace keyconvoy::kms::simulator {

struct ServiceOptions {
    std::string region = "us-east-1";
    std::size_t readyPairs = 1;                  ///< wrapping key pairs kept in store per size
    std::chrono::milliseconds rotationDelay{0};  ///< how long an on-demand rotation takes
};

/// KMS and STS without the network: a request in, a reply out. Any thread. `clock` is read once per request.
class Service {
public:
    Service(const ServiceOptions& options, Clock clock);

    [[nodiscard]] HttpReply answer(const HttpRequest& request);
    /// The only credentials it knows, made up at the start.
    [[nodiscard]] const Credentials& credentials() const noexcept { return m_credentials; }
    [[nodiscard]] const std::string& region() const noexcept { return m_world.region; }

private:
    [[nodiscard]] HttpReply answerKms(const HttpRequest& request, TimePoint now);

    Clock m_clock;
    Credentials m_credentials;
    World m_world;
};

}  // namespace keyconvoy::kms::simulator
