#include "tests/simulator/sockets.h"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>

namespace keyconvoy::tests {

namespace {

/// Empty at the end.
std::string receiveSome(const FileDescriptor& socket) {
    std::array<char, 4096> buffer{};
    const ssize_t size = recv(socket.get(), buffer.data(), buffer.size(), 0);
    return size > 0 ? std::string{buffer.data(), static_cast<std::size_t>(size)} : std::string{};
}

}  // namespace

FileDescriptor connectToLoopback(int port) {
    FileDescriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const timeval patience{.tv_sec = 120, .tv_usec = 0};
    setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error{"nobody listens on port " + std::to_string(port)};
    }
    return socket;
}

void sendAll(const FileDescriptor& socket, std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t sent = send(socket.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return;  // refused midway: the reply tells
        }
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
}

void endSending(const FileDescriptor& socket) {
    shutdown(socket.get(), SHUT_WR);
}

std::string receiveAll(const FileDescriptor& socket) {
    std::string all;
    for (std::string some = receiveSome(socket); !some.empty(); some = receiveSome(socket)) {
        all += some;
    }
    return all;
}

std::string receiveUntil(const FileDescriptor& socket, std::string_view marker) {
    std::string all;
    while (all.find(marker) == std::string::npos) {
        const std::string some = receiveSome(socket);
        if (some.empty()) {
            break;
        }
        all += some;
    }
    return all;
}

}  // namespace keyconvoy::tests
