#pragma once

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

    /// The first header of that name, in any case; absent when there is none.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
};

struct HttpReply {
    int status = 200;
    std::string contentType;
    std::vector<Header> headers;
    std::string body;
};

[[nodiscard]] std::string toLowerCase(std::string_view text);

}  // namespace keyconvoy::kms::simulator
