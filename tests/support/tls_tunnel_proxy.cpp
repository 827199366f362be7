#include "tests/support/tls_tunnel_proxy.h"

#include "tests/support/http_message.h"

#include <array>
#include <poll.h>
#include <sys/socket.h>

namespace keyconvoy::tests {

namespace {

/// Moves what has arrived; false at the end of the stream.
bool pump(int from, int to) {
    std::array<char, 16384> buffer{};
    const ssize_t count = ::recv(from, buffer.data(), buffer.size(), 0);
    return count > 0 && sendAll(to, {buffer.data(), static_cast<std::size_t>(count)});
}

void tunnel(int one, int other) {
    std::array<pollfd, 2> ends{{{.fd = one, .events = POLLIN, .revents = 0}, {.fd = other, .events = POLLIN, .revents = 0}}};
    for (;;) {
        if (::poll(ends.data(), ends.size(), -1) < 0) {
            return;
        }
        if ((ends[0].revents != 0 && !pump(one, other)) || (ends[1].revents != 0 && !pump(other, one))) {
            return;
        }
    }
}

}  // namespace

TlsTunnelProxy::TlsTunnelProxy(std::uint16_t targetPort, int status)
    : m_targetPort{targetPort}, m_status{status}, m_server{[this](int client) { serve(client); }} {
}

std::vector<std::string> TlsTunnelProxy::requests() const {
    const std::lock_guard lock{m_mutex};
    return m_requests;
}

std::string TlsTunnelProxy::authorization() const {
    const std::lock_guard lock{m_mutex};
    return m_authorization;
}

void TlsTunnelProxy::serve(int client) {
    HttpMessageReader reader = HttpMessageReader::from(client);
    const auto request = reader.next();
    if (!request) {
        return;
    }
    {
        const std::lock_guard lock{m_mutex};
        m_requests.push_back(request->firstLine());
        m_authorization = request->header("proxy-authorization");
    }
    if (m_status != 200) {
        sendAll(client, httpReply(m_status, "", "no"));
        return;
    }
    const FileDescriptor target = connectTo(m_targetPort);
    if (target.valid() && sendAll(client, "HTTP/1.1 200 Connection established\r\n\r\n")) {
        tunnel(client, target.get());
    }
}

}  // namespace keyconvoy::tests
