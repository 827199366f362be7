#include "tests/simulator/process_client.h"

#include "core/base64.h"

#include <stdexcept>

namespace keyconvoy::tests {

RawReply callProgram(const SimulatorProcess& simulator, std::string_view operation, const Json& body) {
    const std::string date = basicTime(systemNow());
    RawRequest request{.headers = {{"Host", "127.0.0.1"},
                                   {"Content-Type", "application/x-amz-json-1.1"},
                                   {"X-Amz-Date", date},
                                   {"X-Amz-Target", "TrentService." + std::string{operation}},
                                   {"Connection", "close"}},
                       .body = body.dump()};
    request.headers.emplace_back("Content-Length", std::to_string(request.body.size()));
    const Credentials credentials{.accessKeyId = simulator.text("accessKeyId"),
                                  .secretAccessKey = simulator.text("secretAccessKey")};
    request.headers.emplace_back("Authorization", authorization(request, credentials, {.date = date}));
    const RawReply reply = parseReply(exchange(simulator.port(), request.octets()));
    if (reply.body.size() != std::stoul(reply.header("content-length"))) {
        throw std::runtime_error{"half a reply"};
    }
    return reply;
}

Json mustCallProgram(const SimulatorProcess& simulator, std::string_view operation, const Json& body) {
    const RawReply reply = callProgram(simulator, operation, body);
    if (reply.status != 200) {
        throw std::runtime_error{std::string{operation} + " was refused: " + reply.body};
    }
    return reply.body.empty() ? Json{} : Json::parse(reply.body);
}

Parameters parametersOfProgram(const SimulatorProcess& simulator, const std::string& keyId) {
    const std::string algorithm = "RSAES_OAEP_SHA_256";
    const Json reply = mustCallProgram(simulator, "GetParametersForImport",
                                       {{"KeyId", keyId}, {"WrappingAlgorithm", algorithm}, {"WrappingKeySpec", "RSA_2048"}});
    return {.algorithm = algorithm,
            .publicKey = fromBase64(reply.at("PublicKey").get<std::string>()).value(),
            .importToken = fromBase64(reply.at("ImportToken").get<std::string>()).value(),
            .validTo = reply.at("ParametersValidTo")};
}

RawReply importIntoProgram(const SimulatorProcess& simulator, const std::string& keyId, const Parameters& parameters,
                           ByteView plaintext) {
    return callProgram(simulator, "ImportKeyMaterial",
                       forEver({{"KeyId", keyId},
                                {"ImportToken", toBase64(parameters.importToken)},
                                {"EncryptedKeyMaterial", toBase64(wrapFor(parameters, plaintext))}}));
}

}  // namespace keyconvoy::tests
