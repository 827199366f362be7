#pragma once

#include "kmsclient/simulator/http_message.h"
#include "kmsclient/simulator/tls_context.h"

#include <functional>
#include <memory>
#include <string>

namespace keyconvoy::kms::simulator {

struct ListenAddress {
    std::string host = "127.0.0.1";  ///< a loopback address; anything else is refused
    int port = 0;                    ///< 0: any that is free
};

/// HTTP/1.1 on a loopback address, on threads of its own from construction to stop(): framing, limits, kept-alive connections,
/// TLS, and replies that are cut on purpose. What is answered is the caller's; each reply says that the simulator gave it.
class HttpListener {
public:
    using Answer = std::function<HttpReply(const HttpRequest&)>;
    using ChooseTls = std::function<TlsContext()>;  ///< for each new connection; empty: plain http

    /// `answer` and `chooseTls` are called by any of its threads. Throws InvalidInput for an address that is not loopback,
    /// Unavailable when the port cannot be had.
    HttpListener(const ListenAddress& address, ChooseTls chooseTls, Answer answer);
    HttpListener(const HttpListener&) = delete;
    HttpListener& operator=(const HttpListener&) = delete;
    ~HttpListener();  ///< stops

    [[nodiscard]] const std::string& url() const noexcept;  ///< without a path or a final slash
    /// Requests under way are answered, idle connections closed.
    void stop();

private:
    class Server;
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Throws InvalidInput for anything but an IPv4 or IPv6 loopback address in numbers.
void requireLoopback(const std::string& host);

}  // namespace keyconvoy::kms::simulator
