#pragma once

#include "tests/support/http_message.h"
#include "tests/support/loopback_server.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

namespace keyconvoy::tests {

/// What happens to one request on its way to the real server, byte for byte.
enum class Fault : std::uint8_t {
    PassThrough,      ///< nothing: request and reply go through unchanged
    Garbage,          ///< not forwarded; octets that are no HTTP come back
    GarbageBody,      ///< not forwarded; HTTP with status 200 comes back, its body is a page of HTML
    EmptyObject,      ///< not forwarded; HTTP with status 200 comes back, its body is {}
    Half,             ///< forwarded; the first half of the reply's body comes back, with a head that says that is all
    CutReply,         ///< forwarded; head and half of the body come back, then the connection is cut
    TenMegabytes,     ///< not forwarded; a reply with a body of 10 MB comes back
    Nothing,          ///< not forwarded; the connection is closed without a byte
    Silence,          ///< not forwarded; nothing comes back, and the connection stays open
    CutAfterRequest,  ///< forwarded and carried out; the connection is closed instead of passing the reply on
    ServerError,      ///< forwarded and carried out; KMSInternalException comes back instead of the reply
    Unavailable,      ///< not forwarded; status 503 with a page of HTML comes back
    Held,             ///< forwarded and carried out; the reply waits for release(), then comes unchanged
};
std::ostream& operator<<(std::ostream& out, Fault fault);

/// A TCP proxy on 127.0.0.1 before a plain-http server, which does to chosen requests what bad networks do.
class FaultProxy {
public:
    explicit FaultProxy(std::uint16_t upstreamPort);
    FaultProxy(const FaultProxy&) = delete;
    FaultProxy& operator=(const FaultProxy&) = delete;
    ~FaultProxy() { release(); }

    [[nodiscard]] std::uint16_t port() const { return m_server.port(); }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }

    /// The next `times` requests of this operation ("ImportKeyMaterial"; empty for any) meet this fault; all others pass.
    void inject(Fault fault, std::string operation = {}, int times = 1);
    /// The `nth` request of this operation from now on is Held.
    void hold(const std::string& operation, int nth = 1);
    /// A reply stands at the gate.
    [[nodiscard]] bool holds() const;
    /// Lets everything through that is held, now and later.
    void release();
    /// The operations of all requests so far, in order; what is no KMS call shows its first line.
    [[nodiscard]] std::vector<std::string> operations() const;

private:
    struct Planned {
        Fault fault;
        std::string operation;
        int times;
    };
    void serve(int client);
    Fault take(const std::string& operation);
    [[nodiscard]] std::string upstream(const HttpMessage& request) const;
    void waitForRelease();
    /// False when the connection is to be closed.
    bool answer(int client, const HttpMessage& request, Fault fault);

    std::uint16_t m_upstreamPort;
    mutable std::mutex m_mutex;
    std::condition_variable m_released;
    int m_held = 0;
    bool m_open = false;
    std::vector<Planned> m_planned;
    std::vector<std::string> m_operations;
    LoopbackServer m_server;  // last: its threads use the rest
};

}  // namespace keyconvoy::tests
