#pragma once

#include "kmsclient/simulator/http_message.h"

#include <algorithm>
#include <string_view>

/// Requests to the simulator as the inputs of the fuzz targets have them.
namespace keyconvoy::fuzz {

inline std::string_view takeLine(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

/// Headers as they come, one a line, up to an empty line; the body behind it.
inline void takeHeadersAndBody(std::string_view rest, kms::simulator::HttpRequest& request) {
    for (std::string_view line = takeLine(rest); !line.empty(); line = takeLine(rest)) {
        const std::size_t colon = std::min(line.find(':'), line.size());
        request.headers.emplace_back(line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
    }
    request.body = rest;
}

}  // namespace keyconvoy::fuzz
