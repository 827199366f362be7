#include "tests/support/token_shim.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace keyconvoy::tests {

namespace {

using Line = nlohmann::json;

std::uint64_t numberIn(const Line& line, const char* name) {
    const auto member = line.find(name);
    if (member == line.end() || member->is_null()) {
        return 0;
    }
    return member->is_string() ? std::stoull(member->get<std::string>(), nullptr, 16) : member->get<std::uint64_t>();
}

RecordedCall toCall(const Line& line) {
    RecordedCall call;
    call.function = line.at("function").get<std::string>();
    call.result = numberIn(line, "result");
    call.object = numberIn(line, "object");
    call.key = numberIn(line, "key");
    call.wrappingKey = numberIn(line, "wrappingKey");
    call.mechanism = numberIn(line, "mechanism");
    call.modulus = line.value("modulus", std::string{});
    for (const Line& type : line.value("types", Line::array())) {
        call.types.push_back(std::stoull(type.get<std::string>(), nullptr, 16));
    }
    return call;
}

/// CKA_VALUE and the private components of RSA keys.
bool readsASecret(const RecordedCall& call) {
    static const std::set<std::uint64_t> secret{0x11, 0x123, 0x124, 0x125, 0x126, 0x127, 0x128};
    return call.function == "C_GetAttributeValue" &&
           std::ranges::any_of(call.types, [](std::uint64_t type) { return secret.contains(type); });
}

bool isForbidden(const RecordedCall& call) {
    static const std::set<std::string> forbidden{"C_DecryptInit", "C_DeriveKey", "C_CopyObject", "C_DigestKey"};
    return forbidden.contains(call.function) || readsASecret(call);
}

bool isGoodWrap(const RecordedCall& call) {
    return call.function == "C_WrapKey" && call.result == 0;
}

}  // namespace

pkcs11::ModuleProfile shimmed(const pkcs11::ModuleProfile& real, const ShimOptions& options) {
    pkcs11::ModuleProfile profile = real;
    profile.library = KEYCONVOY_TEST_SHIM;
    std::string text = "module=" + real.library.string();
    for (const auto& [name, value] : options) {
        text += ";" + name + "=" + value;
    }
    profile.environment.push_back({"KEYCONVOY_SHIM", text});
    return profile;
}

std::vector<RecordedCall> readRecording(const std::filesystem::path& file) {
    std::vector<RecordedCall> calls;
    std::ifstream stream{file};
    for (std::string line; std::getline(stream, line);) {
        calls.push_back(toCall(Line::parse(line)));
    }
    return calls;
}

std::vector<std::string> promiseOneViolations(const std::vector<RecordedCall>& calls,
                                              const std::vector<std::string>& allowedModuli) {
    std::vector<std::string> violations;
    std::set<std::uint64_t> sessionKeys;  // AES keys that were wrapped under an allowed modulus
    const auto isAllowed = [&](const std::string& modulus) { return std::ranges::count(allowedModuli, modulus) != 0; };
    for (const RecordedCall& call : calls) {
        if (isForbidden(call)) {
            violations.push_back(call.function + " on key " + std::to_string(call.key + call.object));
        }
        if (isGoodWrap(call) && isAllowed(call.modulus)) {
            sessionKeys.insert(call.key);
        }
    }
    for (const RecordedCall& call : calls) {
        if (isGoodWrap(call) && !isAllowed(call.modulus) && !sessionKeys.contains(call.wrappingKey)) {
            violations.push_back("C_WrapKey of key " + std::to_string(call.key) + " under key " +
                                 std::to_string(call.wrappingKey) +
                                 (call.modulus.empty() ? ", a secret key" : ", modulus " + call.modulus));
        }
    }
    return violations;
}

}  // namespace keyconvoy::tests
