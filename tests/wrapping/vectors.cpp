#include "tests/wrapping/vectors.h"

#include "core/files.h"
#include "core/hex.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace keyconvoy::tests {

Json loadVectors(const std::string& name) {
    constexpr std::size_t limit = 8U << 20U;
    const Bytes content = readFile(std::filesystem::path{KEYCONVOY_VECTORS} / name, limit);
    return parseStrictJson(asText(content), KC_TEXT("Tests", "%1").with(name));
}

Bytes hexMember(const Json& object, const char* name) {
    auto octets = fromHex(object.at(name).get<std::string>());
    if (!octets) {
        throw std::runtime_error{"no hexadecimal: " + std::string{name}};
    }
    return std::move(*octets);
}

std::string caseName(const Json& vector) {
    return "tcId " + std::to_string(vector.at("tcId").get<int>()) + ": " + vector.at("comment").get<std::string>();
}

}  // namespace keyconvoy::tests
