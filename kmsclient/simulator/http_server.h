#pragma once

#include "kmsclient/simulator/service.h"
#include "kmsclient/simulator/tls_context.h"

#include <memory>
#include <string>

namespace keyconvoy::kms::simulator {

struct ServerOptions {
    std::string host = "127.0.0.1";  ///< a loopback address; anything else is refused
    int port = 0;                    ///< 0: any that is free
    TlsSource tls{};
    ServiceOptions service{};
};

/// The simulator on a socket. Listens and answers on threads of its own from construction to stop().
class HttpServer {
public:
    /// Throws InvalidInput for an address that is not loopback or bad TLS files, Unavailable when the port cannot be had.
    HttpServer(const ServerOptions& options, Clock clock);
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    ~HttpServer();  ///< stops

    [[nodiscard]] const std::string& url() const noexcept;
    [[nodiscard]] const Credentials& credentials() const noexcept;
    [[nodiscard]] const std::string& region() const noexcept;
    /// For the control interface.
    [[nodiscard]] Service& service() noexcept;
    /// Requests under way are answered, idle connections closed, slow replies given at once.
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace keyconvoy::kms::simulator
