#include "kmsclient/simulator/sessions.h"

#include "core/base64.h"
#include "core/hex.h"
#include "core/strict_json.h"
#include "kmsclient/simulator/crypto.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

std::string randomUpperHex(std::size_t octets) {
    std::string text = toHex(randomBytes(octets));
    std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

}  // namespace

Credentials SessionSealer::seal(const Caller& caller, TimePoint end) const {
    Credentials credentials{.accessKeyId = "ASIA" + randomUpperHex(8), .secretAccessKey = toBase64(randomBytes(30))};
    const std::string content = Json{{"accessKeyId", credentials.accessKeyId},
                                     {"secretAccessKey", credentials.secretAccessKey},
                                     {"account", caller.account},
                                     {"arn", caller.arn},
                                     {"userId", caller.userId},
                                     {"principal", caller.principal},
                                     {"end", end.time_since_epoch().count()}}
                                    .dump();
    credentials.sessionToken = toBase64(sealGcm(m_key, {}, asBytes(content)));
    return credentials;
}

std::optional<Session> SessionSealer::open(std::string_view sessionToken) const {
    const auto sealed = fromBase64(sessionToken);
    const auto content = sealed ? openGcm(m_key, {}, *sealed) : std::nullopt;
    if (!content) {
        return std::nullopt;
    }
    const Json json = Json::parse(asText(*content));
    return Session{.caller = {.account = json.at("account"),
                              .arn = json.at("arn"),
                              .userId = json.at("userId"),
                              .principal = json.at("principal")},
                   .credentials = {.accessKeyId = json.at("accessKeyId"), .secretAccessKey = json.at("secretAccessKey")},
                   .end = TimePoint{std::chrono::milliseconds{json.at("end").get<std::int64_t>()}}};
}

}  // namespace keyconvoy::kms::simulator
