#pragma once

#include "core/file_descriptor.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>
#include <vector>

namespace keyconvoy::tests {

/// Accepts connections on 127.0.0.1, at a port of its own, and handles each in a thread of its own. Destruction cuts what is
/// still open and waits for the threads.
class LoopbackServer {
public:
    using Handler = std::function<void(int connection)>;

    explicit LoopbackServer(Handler handler);
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;
    ~LoopbackServer();

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    /// How many connections came so far.
    [[nodiscard]] int connections() const { return m_connections; }
    void stop();

private:
    void acceptAll();
    void handle(FileDescriptor connection);

    Handler m_handler;
    FileDescriptor m_listener;
    std::uint16_t m_port = 0;
    std::atomic<int> m_connections = 0;
    std::mutex m_mutex;
    bool m_stopping = false;
    std::set<int> m_open;
    std::vector<std::jthread> m_handlers;
    std::jthread m_acceptor;
};

/// A connection to 127.0.0.1; invalid when nobody listens there.
[[nodiscard]] FileDescriptor connectTo(std::uint16_t port);
/// False when the other side is gone.
bool sendAll(int socket, std::string_view octets);

}  // namespace keyconvoy::tests
