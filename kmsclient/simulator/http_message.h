#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace keyconvoy::kms::simulator {

using Header = std::pair<std::string, std::string>;

/// A request as it came over the wire.
struct HttpRequest {
    std::string method;
    std::string target;  ///< path and query
    std::vector<Header> headers;
    std::string body;
    std::string remoteAddress{};  ///< the client's IP address

    /// The first header of that name, in any case; absent when there is none.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

/// How much of a reply leaves before the connection is closed in the middle of it, as bad networks do.
enum class Delivery : std::uint8_t {
    Whole,
    Cut,      ///< the head, which promises the whole body, and half of the body
    Dropped,  ///< not one octet
};

struct HttpReply {
    int status = 200;
    std::string contentType;
    std::vector<Header> headers;
    std::string body;
    Delivery delivery = Delivery::Whole;
};

[[nodiscard]] std::string toLowerCase(std::string_view text);

}  // namespace keyconvoy::kms::simulator
