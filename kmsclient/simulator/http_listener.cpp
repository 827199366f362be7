#include "kmsclient/simulator/http_listener.h"

#include "core/c_handle.h"
#include "core/error.h"
#include "core/file_descriptor.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <future>
#include <httplib.h>
#include <map>
#include <mutex>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <thread>

namespace keyconvoy::kms::simulator {

namespace {

constexpr std::size_t workers = 256;  // a kept-alive connection holds one; SDKs keep 50
constexpr std::size_t largestBody = 1U << 20U;
constexpr std::size_t requestsPerConnection = 1'000'000;
constexpr timeval patience{.tv_sec = 60, .tv_usec = 0};  // for a client's next octet, and for it to take ours

using SslPtr = CHandle<SSL, SSL_free>;

bool isLoopback(const std::string& host) {
    in_addr four{};
    if (inet_pton(AF_INET, host.c_str(), &four) == 1) {
        return (ntohl(four.s_addr) >> 24U) == 127;
    }
    in6_addr six{};
    return inet_pton(AF_INET6, host.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/// SO_REUSEADDR alone: with httplib's SO_REUSEPORT a second simulator could take half of the first one's connections.
void setSocketOptions(socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

void readEndpoint(int socket, int (*name)(int, sockaddr*, socklen_t*), std::string& ip, int& port) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (name(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        return;
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.ss_family == AF_INET) {
        const auto* four = reinterpret_cast<const sockaddr_in*>(&address);
        inet_ntop(AF_INET, &four->sin_addr, text.data(), text.size());
        port = ntohs(four->sin_port);
    } else {
        const auto* six = reinterpret_cast<const sockaddr_in6*>(&address);
        inet_ntop(AF_INET6, &six->sin6_addr, text.data(), text.size());
        port = ntohs(six->sin6_port);
    }
    ip = text.data();
}

/// One client's connection as httplib reads and writes it. Used by one thread, but for endReading().
class Connection final : public httplib::Stream {
public:
    explicit Connection(socket_t socket) : m_socket{socket} {
        const int yes = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() override {
        if (m_broken) {
            return;
        }
        if (m_ssl != nullptr) {
            SSL_shutdown(m_ssl.get());
        }
        takeTheRest();
    }

    /// The TLS handshake; false when the client does not go on.
    bool secure(const TlsContext& context) {
        m_ssl.reset(SSL_new(context.get()));
        ERR_clear_error();
        m_broken = m_ssl == nullptr || SSL_set_fd(m_ssl.get(), m_socket.get()) != 1 || SSL_accept(m_ssl.get()) != 1;
        ERR_clear_error();
        return !m_broken;
    }

    /// Waits for the next request; false when none will come.
    bool waitForOctets() { return !m_broken && (m_next < m_end || fill()); }
    /// For the reply that is written next.
    void setDelivery(Delivery delivery) {
        m_delivery = delivery;
        m_headWritten = false;
    }
    [[nodiscard]] bool isUsable() const { return !m_broken && m_delivery == Delivery::Whole; }
    /// For a request that was understood to its end: only then does the next one begin behind it.
    void setUnderstood(bool understood) { m_understood = understood; }
    [[nodiscard]] bool wasUnderstood() const { return m_understood; }
    /// From any thread: the client's octets end here.
    void endReading() { shutdown(m_socket.get(), SHUT_RD); }

    [[nodiscard]] bool is_readable() const override { return !m_broken; }
    [[nodiscard]] bool is_writable() const override { return !m_broken; }
    [[nodiscard]] socket_t socket() const override { return m_socket.get(); }
    void get_remote_ip_and_port(std::string& ip, int& port) const override {
        readEndpoint(m_socket.get(), &getpeername, ip, port);
    }
    void get_local_ip_and_port(std::string& ip, int& port) const override {
        readEndpoint(m_socket.get(), &getsockname, ip, port);
    }

    ssize_t read(char* to, std::size_t size) override {
        if (m_next == m_end && !fill()) {
            return 0;
        }
        const std::size_t count = std::min(size, m_end - m_next);
        std::copy_n(m_buffer.data() + m_next, count, to);
        m_next += count;
        return static_cast<ssize_t>(count);
    }

    /// httplib writes the head of a reply in one piece, then its body.
    ssize_t write(const char* octets, std::size_t size) override {
        if (m_delivery == Delivery::Dropped) {
            m_broken = true;
            return -1;
        }
        if (m_delivery == Delivery::Cut && m_headWritten) {
            sendAll(octets, size / 2);
            m_broken = true;
            return -1;
        }
        m_headWritten = true;
        return sendAll(octets, size) ? static_cast<ssize_t>(size) : -1;
    }

private:
    /// A socket that is closed with octets unread takes the reply back from the client (RFC 9112, 9.6).
    void takeTheRest() {
        shutdown(m_socket.get(), SHUT_WR);
        constexpr timeval briefly{.tv_sec = 1, .tv_usec = 0};
        setsockopt(m_socket.get(), SOL_SOCKET, SO_RCVTIMEO, &briefly, sizeof briefly);
        for (int left = 128; left > 0 && recv(m_socket.get(), m_buffer.data(), m_buffer.size(), 0) > 0; --left) {
        }
    }

    bool fill() {
        m_next = 0;
        const ssize_t count = receive();
        m_end = count > 0 ? static_cast<std::size_t>(count) : 0;
        m_broken = m_broken || count < 0;
        return count > 0;
    }

    ssize_t receive() {
        if (m_ssl != nullptr) {
            ERR_clear_error();
            return SSL_read(m_ssl.get(), m_buffer.data(), static_cast<int>(m_buffer.size()));
        }
        ssize_t count = -1;
        do {
            count = recv(m_socket.get(), m_buffer.data(), m_buffer.size(), 0);
        } while (count < 0 && errno == EINTR);
        return count;
    }

    bool sendAll(const char* octets, std::size_t size) {
        while (size > 0 && !m_broken) {
            const ssize_t sent = sendSome(octets, size);
            m_broken = sent <= 0;
            octets += std::max<ssize_t>(sent, 0);
            size -= static_cast<std::size_t>(std::max<ssize_t>(sent, 0));
        }
        return !m_broken;
    }

    ssize_t sendSome(const char* octets, std::size_t size) {
        if (m_ssl != nullptr) {
            ERR_clear_error();
            return SSL_write(m_ssl.get(), octets, static_cast<int>(size));
        }
        ssize_t count = -1;
        do {
            count = send(m_socket.get(), octets, size, MSG_NOSIGNAL);
        } while (count < 0 && errno == EINTR);
        return count;
    }

    FileDescriptor m_socket;
    SslPtr m_ssl;
    bool m_broken = false;
    bool m_headWritten = false;
    bool m_understood = false;
    Delivery m_delivery = Delivery::Whole;
    std::array<char, 8192> m_buffer{};
    std::size_t m_next = 0;
    std::size_t m_end = 0;
};

HttpRequest requestOf(const httplib::Request& request) {
    HttpRequest plain{.method = request.method,
                      .target = request.target,
                      .headers = {},
                      .body = request.body,
                      .remoteAddress = request.remote_addr};
    for (const auto& [name, value] : request.headers) {
        plain.headers.emplace_back(name, value);
    }
    return plain;
}

/// What makes the length of a request's body unsure (RFC 9112, 6.3), or lacks what HTTP/1.1 wants (3.2). Empty: nothing.
std::string_view whatIsWrongWith(const httplib::Request& request) {
    const std::size_t lengths = request.get_header_value_count("Content-Length");
    const std::string length = request.get_header_value("Content-Length");
    constexpr std::size_t mostDigits = 15;
    if (lengths > 1) {
        return "more than one Content-Length";
    }
    if (lengths == 1 && request.has_header("Transfer-Encoding")) {
        return "both Content-Length and Transfer-Encoding";
    }
    if (lengths == 1 &&
        (length.empty() || length.size() > mostDigits || length.find_first_not_of("0123456789") != std::string::npos)) {
        return "a Content-Length that is no length";
    }
    if (request.version == "HTTP/1.1" && !request.has_header("Host")) {
        return "no Host";
    }
    return {};
}

bool hasBody(const httplib::Request& request) {
    return request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
}

void copyTo(const HttpReply& reply, httplib::Response& response) {
    response.status = reply.status;
    for (const auto& [name, value] : reply.headers) {
        response.set_header(name, value);
    }
    response.set_content(reply.body, reply.contentType);
}

}  // namespace

void requireLoopback(const std::string& host) {
    if (!isLoopback(host)) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Simulator", "address %1").with(host),
                    KC_TEXT("Simulator", "the simulator listens on loopback addresses only"),
                    KC_TEXT("Simulator", "use 127.0.0.1 or ::1")};
    }
}

/// httplib's server with connections of our own: it keeps its sockets to itself, so that it could neither cut a reply, nor show
/// another certificate, nor end idle connections.
class HttpListener::Server final : public httplib::Server {
public:
    Server(ChooseTls chooseTls, Answer answer) : m_chooseTls{std::move(chooseTls)}, m_answer{std::move(answer)} {
        new_task_queue = [] { return new httplib::ThreadPool(workers); };
        set_payload_max_length(largestBody);
        set_keep_alive_max_count(requestsPerConnection);  // what replies say; serve() sees to it
        set_keep_alive_timeout(patience.tv_sec);
        set_socket_options(&setSocketOptions);
        set_default_headers({{"x-keyconvoy-simulator", KEYCONVOY_VERSION}});
        const auto answerHttp = [this](const httplib::Request& request, httplib::Response& response) {
            const HttpReply reply = m_answer(requestOf(request));
            copyTo(reply, response);
            Connection& connection = ofThisThread();
            connection.setDelivery(reply.delivery);
            connection.setUnderstood(true);
        };
        // httplib waits for the end of the connection where a method may have a body and no length is given.
        set_pre_routing_handler([answerHttp](const httplib::Request& request, httplib::Response& response) {
            if (const std::string_view wrong = whatIsWrongWith(request); !wrong.empty()) {
                response.status = 400;
                response.set_header("Connection", "close");
                response.set_content("the request has " + std::string{wrong} + "\n", "text/plain");
                return HandlerResponse::Handled;
            }
            if (hasBody(request)) {
                return HandlerResponse::Unhandled;
            }
            answerHttp(request, response);
            return HandlerResponse::Handled;
        });
        Post(".*", answerHttp)
            .Get(".*", answerHttp)
            .Put(".*", answerHttp)
            .Delete(".*", answerHttp)
            .Options(".*", answerHttp)
            .Patch(".*", answerHttp);
    }

    /// From now on no connection waits for a next request.
    void endReading() {
        const std::lock_guard lock{m_mutex};
        m_ending = true;
        for (const auto& [thread, connection] : m_connections) {
            connection->endReading();
        }
    }

private:
    bool process_and_close_socket(socket_t socket) override {
        Connection connection{socket};
        enter(connection);
        try {
            serve(connection);
        } catch (const std::exception&) {  // out of memory, say: this connection ends, the others go on
        }
        leave();
        return true;
    }

    void enter(Connection& connection) {
        const std::lock_guard lock{m_mutex};
        m_connections.emplace(std::this_thread::get_id(), &connection);
        if (m_ending) {
            connection.endReading();
        }
    }
    void leave() {
        const std::lock_guard lock{m_mutex};
        m_connections.erase(std::this_thread::get_id());
    }
    /// A handler is called on the thread that serves its connection.
    Connection& ofThisThread() {
        const std::lock_guard lock{m_mutex};
        return *m_connections.at(std::this_thread::get_id());
    }

    void serve(Connection& connection) {
        if (m_chooseTls && !connection.secure(m_chooseTls())) {
            return;
        }
        for (std::size_t left = requestsPerConnection; left > 0 && connection.waitForOctets(); --left) {
            bool closed = false;
            const bool last = left == 1;
            connection.setUnderstood(false);
            const bool goesOn = process_request(connection, last, closed, nullptr) && !closed;
            if (!goesOn || !connection.isUsable() || !connection.wasUnderstood()) {
                return;
            }
            connection.setDelivery(Delivery::Whole);
        }
    }

    ChooseTls m_chooseTls;
    Answer m_answer;
    std::mutex m_mutex;
    bool m_ending = false;
    std::map<std::thread::id, Connection*> m_connections;
};

struct HttpListener::Impl {
    Impl(ChooseTls chooseTls, Answer answer) : server{std::move(chooseTls), std::move(answer)} {}

    Server server;
    std::string url;
    std::future<void> listening;
};

HttpListener::HttpListener(const ListenAddress& address, ChooseTls chooseTls, Answer answer) {
    requireLoopback(address.host);
    const std::string scheme = chooseTls ? "https://" : "http://";
    m_impl = std::make_unique<Impl>(std::move(chooseTls), std::move(answer));
    int port = address.port;
    Server& server = m_impl->server;
    const bool bound = port == 0 ? (port = server.bind_to_any_port(address.host)) > 0 : server.bind_to_port(address.host, port);
    if (!bound) {
        throw Error{ErrorKind::Unavailable, KC_TEXT("Simulator", "address %1").with(address.host),
                    KC_TEXT("Simulator", "the port cannot be listened on"),
                    KC_TEXT("Simulator", "use port 0 to take any that is free")};
    }
    const bool six = address.host.find(':') != std::string::npos;
    m_impl->url = scheme + (six ? "[" + address.host + "]" : address.host) + ":" + std::to_string(port);
    m_impl->listening = std::async(std::launch::async, [&server] { server.listen_after_bind(); });
    while (!server.is_running()) {
        std::this_thread::yield();
    }
}

HttpListener::~HttpListener() {
    stop();
}

const std::string& HttpListener::url() const noexcept {
    return m_impl->url;
}

void HttpListener::stop() {
    if (m_impl->listening.valid()) {
        m_impl->server.stop();
        m_impl->server.endReading();
        m_impl->listening.get();
    }
}

}  // namespace keyconvoy::kms::simulator
