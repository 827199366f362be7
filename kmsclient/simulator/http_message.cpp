#include "kmsclient/simulator/http_message.h"

#include <algorithm>

namespace keyconvoy::kms::simulator {

std::string toLowerCase(std::string_view text) {
    std::string lower{text};
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

std::optional<std::string> HttpRequest::header(std::string_view name) const {
    const std::string wanted = toLowerCase(name);
    const auto found =
        std::ranges::find_if(headers, [&wanted](const Header& header) { return toLowerCase(header.first) == wanted; });
    return found == headers.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace keyconvoy::kms::simulator
