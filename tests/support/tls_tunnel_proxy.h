#pragma once

#include "tests/support/loopback_server.h"

#include <mutex>
#include <string>
#include <vector>

namespace keyconvoy::tests {

/// An HTTP proxy on 127.0.0.1 that answers CONNECT by a tunnel to one port of this machine, whatever host was asked for.
class TlsTunnelProxy {
public:
    /// With a `status` other than 200 every CONNECT is refused with it.
    explicit TlsTunnelProxy(std::uint16_t targetPort, int status = 200);

    [[nodiscard]] std::uint16_t port() const { return m_server.port(); }
    /// "CONNECT host:port HTTP/1.1", one per tunnel.
    [[nodiscard]] std::vector<std::string> requests() const;
    /// The Proxy-Authorization header of the latest request.
    [[nodiscard]] std::string authorization() const;

private:
    void serve(int client);

    std::uint16_t m_targetPort;
    int m_status;
    mutable std::mutex m_mutex;
    std::vector<std::string> m_requests;
    std::string m_authorization;
    LoopbackServer m_server;
};

}  // namespace keyconvoy::tests
