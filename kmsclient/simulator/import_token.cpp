#include "kmsclient/simulator/import_token.h"

#include "core/strict_json.h"
#include "kmsclient/simulator/crypto.h"

#include <array>
#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

constexpr std::array<std::uint8_t, 5> header{0x01, 0x01, 0x02, 0x00, 0x78};
constexpr std::size_t tokenBytes = 1757;
constexpr std::size_t plaintextBytes = tokenBytes - header.size() - 28;  // nonce and tag

}  // namespace

Bytes ImportTokenSealer::seal(const ImportTokenContent& content) const {
    const Json json{{"arn", content.keyArn},
                    {"algorithm", static_cast<int>(content.choice.algorithm)},
                    {"keySpec", static_cast<int>(content.choice.keySpec)},
                    {"pair", content.pairId},
                    {"validTo", content.validTo.time_since_epoch().count()}};
    std::string plaintext = json.dump();
    plaintext.resize(plaintextBytes, ' ');
    Bytes token(header.begin(), header.end());
    const Bytes sealed = sealGcm(m_key, header, asBytes(plaintext));
    token.insert(token.end(), sealed.begin(), sealed.end());
    return token;
}

std::optional<ImportTokenContent> ImportTokenSealer::open(ByteView token) const {
    if (token.size() != tokenBytes) {
        return std::nullopt;
    }
    const auto plaintext = openGcm(m_key, token.first(header.size()), token.subspan(header.size()));
    if (!plaintext) {
        return std::nullopt;
    }
    const Json json = Json::parse(asText(*plaintext));
    return ImportTokenContent{
        .keyArn = json.at("arn"),
        .choice = {.algorithm = static_cast<wrapping::WrappingAlgorithm>(json.at("algorithm").get<int>()),
                   .keySpec = static_cast<wrapping::WrappingKeySpec>(json.at("keySpec").get<int>())},
        .pairId = json.at("pair"),
        .validTo = TimePoint{std::chrono::milliseconds{json.at("validTo").get<std::int64_t>()}},
    };
}

}  // namespace keyconvoy::kms::simulator
