#pragma once

#include "tests/support/http_message.h"
#include "tests/support/loopback_server.h"
#include "tests/support/tls_authority.h"

#include <atomic>
#include <functional>
#include <openssl/ssl.h>

namespace keyconvoy::tests {

/// An HTTPS server on 127.0.0.1.
class TlsServer {
public:
    /// Gives the bytes of the reply.
    using Handler = std::function<std::string(const HttpMessage& request)>;

    /// `newestVersion` is TLS1_3_VERSION, or an older one that is offered then without anything newer.
    TlsServer(const TlsIdentity& identity, Handler handler, int newestVersion = TLS1_3_VERSION);

    [[nodiscard]] std::uint16_t port() const { return m_server.port(); }
    /// Requests that arrived.
    [[nodiscard]] int requests() const { return m_requests; }

private:
    void serve(int client);

    CHandle<SSL_CTX, SSL_CTX_free> m_context;
    Handler m_handler;
    std::atomic<int> m_requests = 0;
    LoopbackServer m_server;
};

}  // namespace keyconvoy::tests
