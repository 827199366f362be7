#pragma once

#include "kmsclient/kms_client.h"
#include "tests/kmsclient/failure_matchers.h"
#include "tests/kmsclient/surroundings.h"
#include "tests/simulator/kms.h"
#include "tests/simulator/simulator_process.h"
#include "tests/support/fault_proxy.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace keyconvoy::kms {

/// A client before the simulator's program, through a proxy that does what bad networks do. Waiting takes no time.
class SimulatedKmsTest : public testing::Test {
protected:
    explicit SimulatedKmsTest(const std::vector<std::string>& options = {})
        : m_simulator{options},
          m_proxy{static_cast<std::uint16_t>(m_simulator.port())},
          m_client{clientOptions(), m_surroundings.clock(), m_surroundings.forClient()} {}

    /// Imports material of 32 times this octet.
    ImportKeyMaterialReply import(const std::string& key, std::uint8_t octet, std::optional<ImportType> type = std::nullopt) {
        const ImportParameters parameters = m_client.getParametersForImport(key, wrapping::WrappingAlgorithm::RsaesOaepSha256,
                                                                            wrapping::WrappingKeySpec::Rsa2048);
        ImportKeyMaterialRequest request;
        request.keyId = key;
        request.importToken = parameters.importToken;
        request.encryptedKeyMaterial = tests::wrapFor(
            {.algorithm = "RSAES_OAEP_SHA_256", .publicKey = parameters.publicKey, .importToken = {}}, tests::filled(32, octet));
        request.expirationModel = ExpirationModel::KeyMaterialDoesNotExpire;
        request.importType = type;
        return m_client.importKeyMaterial(request);
    }
    std::string createKey() { return m_client.createKey({}).metadata.arn; }
    /// A key with material, and another one pending rotation; gives the second one's ID.
    std::string pendingMaterial(const std::string& key) {
        static_cast<void>(import(key, 1));
        return import(key, 2, ImportType::NewKeyMaterial).keyMaterialId.value();
    }
    /// How often the proxy has seen this operation since the last call of begin().
    [[nodiscard]] long count(const std::string& operation) const {
        const auto all = m_proxy.operations();
        return std::count(all.begin() + m_begin, all.end(), operation);
    }
    void begin() { m_begin = static_cast<std::ptrdiff_t>(m_proxy.operations().size()); }
    [[nodiscard]] bool wasSettled() const {
        return std::ranges::any_of(m_client.findings(), [](const Finding& finding) {
            return toEnglish(finding.what).find("got no reply but was carried out") != std::string::npos;
        });
    }
    [[nodiscard]] std::string current(const std::string& key) {
        return m_client.describeKey(key).metadata.currentKeyMaterialId.value_or("");
    }

    tests::Surroundings m_surroundings;
    tests::SimulatorProcess m_simulator;
    tests::FaultProxy m_proxy;
    KmsClient m_client;

private:
    [[nodiscard]] ClientOptions clientOptions() const {
        ClientOptions options;
        options.region = m_simulator.text("region");
        options.endpointUrl = m_proxy.url();
        options.credentials = ExplicitCredentials{.accessKeyId = m_simulator.text("accessKeyId"),
                                                  .secretAccessKey = m_simulator.text("secretAccessKey"),
                                                  .sessionToken = std::nullopt};
        return options;
    }

    std::ptrdiff_t m_begin = 0;
};

}  // namespace keyconvoy::kms
