#include "core/base64.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/spec_algorithms.h"
#include "kmsclient/simulator/state_rules.h"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>

namespace keyconvoy::kms::simulator {

namespace {

/// OpenSSL's name for the digest in HMAC_SHA_256.
const char* digestOfMac(std::string_view macAlgorithm) {
    if (macAlgorithm == "HMAC_SHA_224") {
        return "SHA224";
    }
    if (macAlgorithm == "HMAC_SHA_256") {
        return "SHA256";
    }
    return macAlgorithm == "HMAC_SHA_384" ? "SHA384" : "SHA512";
}

struct Computed {
    std::string keyArn;
    std::string algorithm;
    Bytes mac;
};

Computed computeMac(const Call& call) {
    const KeyRecord key = copyOfKey(call, Aliases::Taken);
    std::string algorithm = call.text("MacAlgorithm");
    requireState(call.operation, key);
    requireUsage(call, key, wrapping::KeyUsage::GenerateVerifyMac);
    requireAlgorithm(key, macAlgorithms(key), algorithm);
    const Material& material = *materialIn(key, MaterialState::Current)->material;
    Bytes mac = hmac(digestOfMac(algorithm), material.octets.view(), call.blob("Message"));
    return {.keyArn = key.arn, .algorithm = std::move(algorithm), .mac = std::move(mac)};
}

}  // namespace

Json generateMac(const Call& call) {
    const Computed computed = computeMac(call);
    endDryRun(call);
    return {{"Mac", toBase64(computed.mac)}, {"MacAlgorithm", computed.algorithm}, {"KeyId", computed.keyArn}};
}

Json verifyMac(const Call& call) {
    const Computed computed = computeMac(call);
    const Bytes mac = call.blob("Mac");
    if (mac.size() != computed.mac.size() || CRYPTO_memcmp(mac.data(), computed.mac.data(), mac.size()) != 0) {
        throw ApiError{"KMSInvalidMacException"};
    }
    endDryRun(call);
    return {{"KeyId", computed.keyArn}, {"MacValid", true}, {"MacAlgorithm", computed.algorithm}};
}

}  // namespace keyconvoy::kms::simulator
