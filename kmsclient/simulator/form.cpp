#include "kmsclient/simulator/form.h"

#include "core/base64.h"
#include "core/error.h"
#include "core/hex.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

namespace keyconvoy::kms::simulator {

namespace {

std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto octet = text[i] == '%' ? fromHex(text.substr(i + 1, 2)) : std::nullopt;
        if (octet && octet->size() == 1) {
            plain += static_cast<char>(octet->front());
            i += 2;
        } else {
            plain += text[i] == '+' ? ' ' : text[i];
        }
    }
    return plain;
}

/// Base64url without padding (RFC 7515, section 2).
std::optional<Bytes> fromBase64Url(std::string_view text) {
    std::string standard{text};
    std::ranges::replace(standard, '-', '+');
    std::ranges::replace(standard, '_', '/');
    standard.append((4 - standard.size() % 4) % 4, '=');
    return fromBase64(standard);
}

std::optional<Json> jsonObject(const std::optional<Bytes>& octets) {
    if (!octets) {
        return std::nullopt;
    }
    try {
        Json json = parseStrictJson(asText(*octets), KC_TEXT("Simulator", "the request"));
        return json.is_object() ? std::optional{std::move(json)} : std::nullopt;
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

Json parseForm(std::string_view body) {
    Json form = Json::object();
    while (!body.empty()) {
        const std::string_view pair = body.substr(0, body.find('&'));
        body.remove_prefix(std::min(pair.size() + 1, body.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        const std::string name = decoded(pair.substr(0, equals));
        if (!form.contains(name)) {
            form[name] = decoded(pair.substr(std::min(equals + 1, pair.size())));
        }
    }
    return form;
}

std::optional<Json> claimsOf(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || !jsonObject(fromBase64Url(token.substr(0, first)))) {
        return std::nullopt;
    }
    return jsonObject(fromBase64Url(token.substr(first + 1, second - first - 1)));
}

}  // namespace keyconvoy::kms::simulator
