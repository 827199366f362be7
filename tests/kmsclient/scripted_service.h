#pragma once

#include "tests/support/http_message.h"
#include "tests/support/loopback_server.h"

#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace keyconvoy::tests {

/// A plain-http server that answers the next request with the next prepared reply; for what the simulator never says.
class ScriptedService {
public:
    ScriptedService();

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(m_server.port()); }
    [[nodiscard]] std::uint16_t port() const { return m_server.port(); }

    /// Whole bytes of a reply; empty cuts the connection.
    void next(std::string bytes);
    /// `headers` are whole lines, each with its CR LF.
    void nextReply(int status, const std::string& body, const std::string& headers = {}) {
        next(httpReply(status, headers, body));
    }

    [[nodiscard]] std::vector<HttpMessage> requests() const;
    /// How many connections were made.
    [[nodiscard]] int connections() const { return m_server.connections(); }

private:
    void serve(int client);

    mutable std::mutex m_mutex;
    std::deque<std::string> m_replies;
    std::vector<HttpMessage> m_requests;
    LoopbackServer m_server;
};

}  // namespace keyconvoy::tests
