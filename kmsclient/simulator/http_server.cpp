#include "kmsclient/simulator/http_server.h"

#include "kmsclient/simulator/http_listener.h"

namespace keyconvoy::kms::simulator {

struct HttpServer::Impl {
    Impl(const ServerOptions& options, Clock clock)
        : service{options.service, std::move(clock)},
          tls{std::holds_alternative<std::monostate>(options.tls) ? nullptr
                                                                  : std::make_unique<TlsServer>(options.tls, options.host)},
          listener{{.host = options.host, .port = options.port}, chooseTls(), [this](const HttpRequest& request) {
                       return service.answer(request);
                   }} {}

    HttpListener::ChooseTls chooseTls() {
        if (tls == nullptr) {
            return {};
        }
        return [this] { return tls->context(service.faults().takeCertificateFlaw()); };
    }

    Service service;
    std::unique_ptr<TlsServer> tls;
    HttpListener listener;  // last: its threads use the rest
};

HttpServer::HttpServer(const ServerOptions& options, Clock clock) {
    requireLoopback(options.host);  // before anything is written for a server that will not be
    m_impl = std::make_unique<Impl>(options, std::move(clock));
}

HttpServer::~HttpServer() {
    stop();
}

const std::string& HttpServer::url() const noexcept {
    return m_impl->listener.url();
}

const Credentials& HttpServer::credentials() const noexcept {
    return m_impl->service.credentials();
}

const std::string& HttpServer::region() const noexcept {
    return m_impl->service.region();
}

Service& HttpServer::service() noexcept {
    return m_impl->service;
}

void HttpServer::stop() {
    if (m_impl != nullptr) {
        m_impl->service.faults().endWaiting();
        m_impl->listener.stop();
    }
}

}  // namespace keyconvoy::kms::simulator
