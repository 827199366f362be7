#include "tests/support/fault_proxy.h"

#include <algorithm>
#include <array>
#include <sys/socket.h>

namespace keyconvoy::tests {

namespace {

constexpr std::array<const char*, 13> faultNames{"PassThrough", "Garbage",      "GarbageBody", "EmptyObject", "Half",
                                                 "CutReply",    "TenMegabytes", "Nothing",     "Silence",     "CutAfterRequest",
                                                 "ServerError", "Unavailable",  "Held"};

constexpr std::string_view page = "<html><body><h1>Please sign in to the network</h1></body></html>";

std::string operationOf(const HttpMessage& request) {
    const std::string target = request.header("x-amz-target");
    const auto dot = target.find('.');
    if (dot != std::string::npos) {
        return target.substr(dot + 1);
    }
    constexpr std::string_view action = "Action=";  // STS
    const auto begin = request.body.find(action);
    return begin == std::string::npos
               ? request.firstLine()
               : request.body.substr(begin + action.size(), request.body.find('&', begin) - begin - action.size());
}

std::string tenMegabytes() {
    std::string body;
    body.resize(10'000'000, ' ');
    return body;
}

HttpMessage parsed(const std::string& bytes) {
    HttpMessageReader reader{[&bytes, offset = std::size_t{0}](char* buffer, std::size_t size) mutable -> long {
        const std::size_t count = std::min(size, bytes.size() - offset);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, buffer);
        offset += count;
        return static_cast<long>(count);
    }};
    return reader.next().value_or(HttpMessage{});
}

void waitUntilClosed(int socket) {
    char octet = 0;
    while (::recv(socket, &octet, 1, 0) > 0) {
    }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Fault fault) {
    return out << faultNames.at(static_cast<std::size_t>(fault));
}

FaultProxy::FaultProxy(std::uint16_t upstreamPort)
    : m_upstreamPort{upstreamPort}, m_server{[this](int client) { serve(client); }} {
}

void FaultProxy::inject(Fault fault, std::string operation, int times) {
    const std::lock_guard lock{m_mutex};
    m_planned.push_back({fault, std::move(operation), times});
}

void FaultProxy::hold(const std::string& operation, int nth) {
    inject(Fault::PassThrough, operation, nth - 1);
    inject(Fault::Held, operation);
}

bool FaultProxy::holds() const {
    const std::lock_guard lock{m_mutex};
    return m_held > 0;
}

void FaultProxy::release() {
    const std::lock_guard lock{m_mutex};
    m_open = true;
    m_released.notify_all();
}

void FaultProxy::waitForRelease() {
    std::unique_lock lock{m_mutex};
    ++m_held;
    m_released.wait(lock, [this] { return m_open; });
    --m_held;
}

std::vector<std::string> FaultProxy::operations() const {
    const std::lock_guard lock{m_mutex};
    return m_operations;
}

Fault FaultProxy::take(const std::string& operation) {
    const std::lock_guard lock{m_mutex};
    m_operations.push_back(operation);
    const auto planned = std::ranges::find_if(m_planned, [&operation](const Planned& entry) {
        return entry.times > 0 && (entry.operation.empty() || entry.operation == operation);
    });
    if (planned == m_planned.end()) {
        return Fault::PassThrough;
    }
    --planned->times;
    return planned->fault;
}

void FaultProxy::serve(int client) {
    HttpMessageReader reader = HttpMessageReader::from(client);
    while (const auto request = reader.next()) {
        if (!answer(client, *request, take(operationOf(*request)))) {
            ::shutdown(client, SHUT_RDWR);
            return;
        }
    }
}

std::string FaultProxy::upstream(const HttpMessage& request) const {
    const FileDescriptor server = connectTo(m_upstreamPort);
    if (!server.valid() || !sendAll(server.get(), request.bytes())) {
        return {};
    }
    HttpMessageReader reader = HttpMessageReader::from(server.get());
    const auto reply = reader.next();
    return reply ? reply->bytes() : std::string{};
}

bool FaultProxy::answer(int client, const HttpMessage& request, Fault fault) {
    switch (fault) {
        case Fault::PassThrough: {
            const std::string reply = upstream(request);
            return !reply.empty() && sendAll(client, reply);
        }
        case Fault::Held: {
            const std::string reply = upstream(request);
            waitForRelease();
            return !reply.empty() && sendAll(client, reply);
        }
        case Fault::Garbage: sendAll(client, "\x16\x03\x01 220 mail.example ESMTP ready\r\n\r\n"); return false;
        case Fault::EmptyObject: return sendAll(client, httpReply(200, "Content-Type: application/x-amz-json-1.1\r\n", "{}"));
        case Fault::GarbageBody: return sendAll(client, httpReply(200, "Content-Type: text/html\r\n", page));
        case Fault::Half: {
            const std::string body = parsed(upstream(request)).body;
            return sendAll(client,
                           httpReply(200, "Content-Type: application/x-amz-json-1.1\r\n", body.substr(0, body.size() / 2)));
        }
        case Fault::CutReply: {
            const HttpMessage reply = parsed(upstream(request));
            sendAll(client, reply.head + reply.body.substr(0, reply.body.size() / 2));
            return false;
        }
        case Fault::TenMegabytes:
            return sendAll(client, httpReply(200, "Content-Type: application/x-amz-json-1.1\r\n", tenMegabytes()));
        case Fault::Nothing: return false;
        case Fault::Silence: waitUntilClosed(client); return false;
        case Fault::CutAfterRequest: static_cast<void>(upstream(request)); return false;
        case Fault::ServerError:
            static_cast<void>(upstream(request));
            return sendAll(client, httpReply(500, "", R"({"__type":"KMSInternalException"})"));
        case Fault::Unavailable: return sendAll(client, httpReply(503, "Content-Type: text/html\r\n", page));
    }
    return false;
}

}  // namespace keyconvoy::tests
