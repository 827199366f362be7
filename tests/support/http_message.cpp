#include "tests/support/http_message.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <strings.h>
#include <sys/socket.h>

namespace keyconvoy::tests {

std::string HttpMessage::firstLine() const {
    return head.substr(0, head.find("\r\n"));
}

std::string HttpMessage::header(std::string_view name) const {
    std::size_t start = head.find("\r\n");
    while (start != std::string::npos && start + 2 < head.size()) {
        start += 2;
        const std::size_t end = head.find("\r\n", start);
        const std::string_view line = std::string_view{head}.substr(start, end - start);
        if (line.size() > name.size() && line[name.size()] == ':' && strncasecmp(line.data(), name.data(), name.size()) == 0) {
            const std::size_t value = line.find_first_not_of(" \t", name.size() + 1);
            return value == std::string_view::npos ? std::string{} : std::string{line.substr(value)};
        }
        start = end;
    }
    return {};
}

bool HttpMessageReader::fill() {
    std::array<char, 16384> buffer{};
    const long count = m_read(buffer.data(), buffer.size());
    if (count > 0) {
        m_pending.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return count > 0;
}

std::optional<HttpMessage> HttpMessageReader::next() {
    std::size_t end = m_pending.find("\r\n\r\n");
    while (end == std::string::npos) {
        if (!fill()) {
            return std::nullopt;
        }
        end = m_pending.find("\r\n\r\n");
    }
    HttpMessage message;
    message.head = m_pending.substr(0, end + 4);
    m_pending.erase(0, end + 4);
    const std::size_t length = std::strtoul(message.header("content-length").c_str(), nullptr, 10);
    while (m_pending.size() < length) {
        if (!fill()) {
            return std::nullopt;
        }
    }
    message.body = m_pending.substr(0, length);
    m_pending.erase(0, length);
    return message;
}

HttpMessageReader HttpMessageReader::from(int socket) {
    return HttpMessageReader{[socket](char* buffer, std::size_t size) -> long {
        for (;;) {
            const ssize_t count = ::recv(socket, buffer, size, 0);
            if (count >= 0 || errno != EINTR) {
                return count;
            }
        }
    }};
}

std::string httpReply(int status, std::string_view headers, std::string_view body) {
    return "HTTP/1.1 " + std::to_string(status) + " Any\r\n" + std::string{headers} +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

}  // namespace keyconvoy::tests
