#include "tests/support/loopback_server.h"

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>

namespace keyconvoy::tests {

namespace {

sockaddr_in loopbackAddress(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void sendAtOnce(int socket) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

LoopbackServer::LoopbackServer(Handler handler)
    : m_handler{std::move(handler)}, m_listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    sockaddr_in address = loopbackAddress(0);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (!m_listener.valid() || ::bind(m_listener.get(), generic, length) != 0 || ::listen(m_listener.get(), 16) != 0 ||
        ::getsockname(m_listener.get(), generic, &length) != 0) {
        throw std::runtime_error{"no listening socket on 127.0.0.1"};
    }
    m_port = ntohs(address.sin_port);
    m_acceptor = std::jthread{[this] { acceptAll(); }};
}

LoopbackServer::~LoopbackServer() {
    stop();
}

void LoopbackServer::stop() {
    {
        const std::lock_guard lock{m_mutex};
        m_stopping = true;
        ::shutdown(m_listener.get(), SHUT_RDWR);  // ends accept()
        for (const int connection : m_open) {
            ::shutdown(connection, SHUT_RDWR);
        }
    }
    if (m_acceptor.joinable()) {
        m_acceptor.join();
    }
    m_handlers.clear();
}

void LoopbackServer::acceptAll() {
    for (;;) {
        FileDescriptor connection{::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
        if (!connection.valid() && errno == EINTR) {
            continue;
        }
        const std::lock_guard lock{m_mutex};
        if (!connection.valid() || m_stopping) {
            return;
        }
        ++m_connections;
        sendAtOnce(connection.get());
        m_open.insert(connection.get());
        m_handlers.emplace_back([this, moved = std::move(connection)]() mutable { handle(std::move(moved)); });
    }
}

void LoopbackServer::handle(FileDescriptor connection) {
    try {
        m_handler(connection.get());
    } catch (...) {
        ::shutdown(connection.get(), SHUT_RDWR);  // a handler that fails shows as a cut connection
    }
    const std::lock_guard lock{m_mutex};
    m_open.erase(connection.get());
    connection = FileDescriptor{};
}

FileDescriptor connectTo(std::uint16_t port) {
    FileDescriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const sockaddr_in address = loopbackAddress(port);
    if (!socket.valid() || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return {};
    }
    sendAtOnce(socket.get());
    return socket;
}

bool sendAll(int socket, std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t sent = ::send(socket, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace keyconvoy::tests
