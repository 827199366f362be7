#include "kmsclient/simulator/http_server.h"

#include "core/error.h"

#include <arpa/inet.h>
#include <charconv>
#include <future>
#include <httplib.h>
#include <sys/socket.h>
#include <thread>

namespace keyconvoy::kms::simulator {

namespace {

constexpr std::size_t workers = 32;  // a kept-alive connection holds one
constexpr std::size_t largestBody = 1U << 20U;
constexpr std::size_t requestsPerConnection = 1'000'000;

bool isLoopback(const std::string& host) {
    in_addr four{};
    if (inet_pton(AF_INET, host.c_str(), &four) == 1) {
        return (ntohl(four.s_addr) >> 24U) == 127;
    }
    in6_addr six{};
    return inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

void requireLoopback(const std::string& host) {
    if (!isLoopback(host)) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Simulator", "address %1").with(host),
                    KC_TEXT("Simulator", "the simulator listens on loopback addresses only"),
                    KC_TEXT("Simulator", "use 127.0.0.1 or ::1")};
    }
}

std::unique_ptr<httplib::Server> makeServer(const std::optional<TlsFiles>& tls) {
    if (!tls) {
        return std::make_unique<httplib::Server>();
    }
    auto server = std::make_unique<httplib::SSLServer>(tls->certificate.c_str(), tls->key.c_str());
    if (!server->is_valid()) {
        throw Error{ErrorKind::InvalidInput,
                    KC_TEXT("Simulator", "TLS certificate %1, key %2").with(tls->certificate.string()).with(tls->key.string()),
                    KC_TEXT("Simulator", "they are not a PEM certificate and its private key"),
                    KC_TEXT("Simulator", "check both files")};
    }
    return server;
}

/// SO_REUSEADDR alone: with httplib's SO_REUSEPORT a second simulator could take half of the first one's connections.
void setSocketOptions(socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

void configure(httplib::Server& server) {
    server.new_task_queue = [] { return new httplib::ThreadPool(workers); };
    server.set_tcp_nodelay(true);
    server.set_keep_alive_max_count(requestsPerConnection);
    server.set_keep_alive_timeout(60);
    server.set_read_timeout(60);
    server.set_payload_max_length(largestBody);
    server.set_socket_options(&setSocketOptions);
    server.set_default_headers({{"x-keyconvoy-simulator", KEYCONVOY_VERSION}});
}

HttpRequest requestOf(const httplib::Request& request) {
    HttpRequest plain{.method = request.method, .target = request.target, .headers = {}, .body = request.body};
    for (const auto& [name, value] : request.headers) {
        plain.headers.emplace_back(name, value);
    }
    return plain;
}

void copyTo(const HttpReply& reply, httplib::Response& response) {
    response.status = reply.status;
    for (const auto& [name, value] : reply.headers) {
        response.set_header(name, value);
    }
    response.set_content(reply.body, reply.contentType);
}

int localPort(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        return -1;
    }
    if (address.ss_family == AF_INET) {
        return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
    }
    return address.ss_family == AF_INET6 ? ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port) : -1;
}

/// httplib waits for idle connections to time out and keeps their sockets to itself; they are known by their local port.
void endReading(int port) {
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        const std::string name = entry.path().filename();
        int descriptor = -1;
        std::from_chars(name.data(), name.data() + name.size(), descriptor);
        if (localPort(descriptor) == port) {
            shutdown(descriptor, SHUT_RD);
        }
    }
}

}  // namespace

struct HttpServer::Impl {
    Impl(const ServerOptions& options, Clock clock)
        : service{options.service, std::move(clock)}, server{makeServer(options.tls)}, port{options.port} {}

    void route() {
        const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
            copyTo(service.answer(requestOf(request)), response);
        };
        server->Post(".*", answer)
            .Get(".*", answer)
            .Put(".*", answer)
            .Delete(".*", answer)
            .Options(".*", answer)
            .Patch(".*", answer);
    }

    void bind(const std::string& host) {
        const bool bound = port == 0 ? (port = server->bind_to_any_port(host)) > 0 : server->bind_to_port(host, port);
        if (!bound) {
            throw Error{ErrorKind::Unavailable, KC_TEXT("Simulator", "address %1").with(host),
                        KC_TEXT("Simulator", "the port cannot be listened on"),
                        KC_TEXT("Simulator", "use port 0 to take any that is free")};
        }
    }

    Service service;
    std::unique_ptr<httplib::Server> server;
    int port;
    std::string url;
    std::future<void> listener;
};

HttpServer::HttpServer(const ServerOptions& options, Clock clock) {
    requireLoopback(options.host);
    m_impl = std::make_unique<Impl>(options, std::move(clock));
    configure(*m_impl->server);
    m_impl->route();
    m_impl->bind(options.host);
    const bool six = options.host.find(':') != std::string::npos;
    m_impl->url = (options.tls ? "https://" : "http://") + (six ? "[" + options.host + "]" : options.host) + ":" +
                  std::to_string(m_impl->port);
    m_impl->listener = std::async(std::launch::async, [server = m_impl->server.get()] { server->listen_after_bind(); });
    while (!m_impl->server->is_running()) {
        std::this_thread::yield();
    }
}

HttpServer::~HttpServer() {
    stop();
}

const std::string& HttpServer::url() const noexcept {
    return m_impl->url;
}

const Credentials& HttpServer::credentials() const noexcept {
    return m_impl->service.credentials();
}

const std::string& HttpServer::region() const noexcept {
    return m_impl->service.region();
}

void HttpServer::stop() {
    using namespace std::chrono_literals;
    if (!m_impl->listener.valid()) {
        return;
    }
    m_impl->server->stop();
    do {
        endReading(m_impl->port);
    } while (m_impl->listener.wait_for(10ms) == std::future_status::timeout);
    m_impl->listener.get();
}

}  // namespace keyconvoy::kms::simulator
