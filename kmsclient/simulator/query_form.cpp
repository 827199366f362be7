#include "kmsclient/simulator/query_form.h"

#include "core/hex.h"

#include <algorithm>

namespace keyconvoy::kms::simulator {

namespace {

std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            if (const auto octet = fromHex(text.substr(i + 1, 2))) {
                plain += static_cast<char>(octet->front());
                i += 2;
                continue;
            }
        }
        plain += text[i] == '+' ? ' ' : text[i];
    }
    return plain;
}

}  // namespace

std::optional<std::string> formMember(std::string_view body, std::string_view name) {
    while (!body.empty()) {
        const std::string_view pair = body.substr(0, body.find('&'));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            return decoded(pair.substr(name.size() + 1));
        }
        body.remove_prefix(std::min(pair.size() + 1, body.size()));
    }
    return std::nullopt;
}

}  // namespace keyconvoy::kms::simulator
