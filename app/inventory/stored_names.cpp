#include "app/inventory/stored_names.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {

Json toJson(const TokenName& token) {
    return {{"serial", token.serial}, {"model", token.model}, {"label", token.label}};
}

TokenName tokenNameFrom(const Json& json) {
    return {json.at("serial").get<std::string>(), json.at("model").get<std::string>(), json.at("label").get<std::string>()};
}

}  // namespace keyconvoy::app
