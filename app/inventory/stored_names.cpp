#include "app/inventory/stored_names.h"

#include "core/fingerprint.h"
#include "core/hex.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {

Json toJson(const TokenName& token) {
    return {{"serial", token.serial}, {"model", token.model}, {"label", token.label}};
}

TokenName tokenNameFrom(const Json& json) {
    return {json.at("serial").get<std::string>(), json.at("model").get<std::string>(), json.at("label").get<std::string>()};
}

std::string shortHash(const Json& value) {
    const std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    return Fingerprint::of(asBytes(text)).hex().substr(0, 32);
}

std::optional<pkcs11::CheckValue> checkValueFrom(const Json& record) {
    const auto method = valueNamed(checkValueMethodNames, record.at("checkValueMethod").get<std::string>());
    const auto value = fromHex(record.at("checkValue").get<std::string>());
    return method && value ? std::optional{pkcs11::CheckValue{*method, *value}} : std::nullopt;
}

}  // namespace keyconvoy::app
