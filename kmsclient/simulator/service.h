#pragma once

#include "core/clock.h"
#include "kmsclient/simulator/call.h"
#include "kmsclient/simulator/http_message.h"
#include "kmsclient/simulator/signature_check.h"

#include <chrono>
#include <string>

namespace keyconvoy::kms::simulator {

struct ServiceOptions {
    std::string region = "us-east-1";               ///< that it tells whoever started it; it answers for all
    std::size_t readyPairs = 1;                     ///< wrapping key pairs kept in store per size
    std::chrono::milliseconds rotationDelay{0};     ///< how long an on-demand rotation takes
    std::chrono::milliseconds replicationDelay{0};  ///< how long ReplicateKey and UpdatePrimaryRegion take
    std::chrono::milliseconds propagationDelay{0};  ///< for how long calls that read do not see a change
};

/// KMS and STS without the network: a request in, a reply out. Any thread. `clock` is read once per request.
class Service {
public:
    Service(const ServiceOptions& options, Clock clock);

    [[nodiscard]] HttpReply answer(const HttpRequest& request);
    /// Of the first account's user.
    [[nodiscard]] const Credentials& credentials() const noexcept { return m_credentials; }
    [[nodiscard]] const std::string& region() const noexcept { return m_region; }

private:
    [[nodiscard]] HttpReply answerKms(const HttpRequest& request, TimePoint now);

    Clock m_clock;
    std::string m_region;
    Credentials m_credentials;
    World m_world;
};

}  // namespace keyconvoy::kms::simulator
