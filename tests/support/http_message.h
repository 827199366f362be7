#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::tests {

/// One HTTP/1.1 request or reply with its exact bytes; the body is framed by Content-Length.
struct HttpMessage {
    std::string head;  ///< first line, header lines, empty line
    std::string body;

    [[nodiscard]] std::string firstLine() const;
    /// The value of a header line, its name in any case; empty when absent.
    [[nodiscard]] std::string header(std::string_view name) const;
    [[nodiscard]] std::string bytes() const { return head + body; }
};

/// Cuts a byte stream into messages.
class HttpMessageReader {
public:
    /// Gives at most `size` octets into `buffer`; 0 or less at the end.
    using Read = std::function<long(char* buffer, std::size_t size)>;

    explicit HttpMessageReader(Read read) : m_read{std::move(read)} {}
    /// Absent when the stream ends before a message is complete.
    [[nodiscard]] std::optional<HttpMessage> next();

    /// Reads from a socket.
    [[nodiscard]] static HttpMessageReader from(int socket);

private:
    bool fill();

    Read m_read;
    std::string m_pending;
};

/// A complete reply with this body; `headers` are whole lines, each with its CR LF.
[[nodiscard]] std::string httpReply(int status, std::string_view headers, std::string_view body);

}  // namespace keyconvoy::tests
