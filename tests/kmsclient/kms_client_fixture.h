#pragma once

#include "kmsclient/kms_client.h"
#include "tests/kmsclient/failure_matchers.h"
#include "tests/kmsclient/scripted_service.h"
#include "tests/kmsclient/surroundings.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace keyconvoy::kms {

using tests::fails;
using tests::failureOf;
using tests::ScriptedService;

inline const std::string keyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
inline const std::string arn = "arn:aws:kms:us-east-1:000000000001:key/" + keyId;
inline const std::string materialId(64, 'b');

inline std::string metadata(const std::string& state = "PendingImport") {
    return R"({"KeyMetadata":{"KeyId":")" + keyId + R"(","Arn":")" + arn + R"(","KeyUsage":"ENCRYPT_DECRYPT","KeyState":")" +
           state + R"(","Origin":"EXTERNAL","KeySpec":"SYMMETRIC_DEFAULT"}})";
}

inline std::string fault(const std::string& type, const std::string& text = {}) {
    return R"({"__type":")" + type + R"(","message":")" + text + "\"}";
}

/// GetCallerIdentity's answer for this user or role of account 000000000001.
inline std::string callerReply(const std::string& name) {
    return "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000001</Account><Arn>arn:aws:sts::000000000001:" +
           name + "</Arn><UserId>U</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>";
}

/// A client before a server that says what the test prepares.
class KmsClientTest : public testing::Test {
protected:
    KmsClientTest() {
        m_surroundings.variables["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
        m_surroundings.variables["AWS_SECRET_ACCESS_KEY"] = "secret";
        m_surroundings.variables["AWS_REGION"] = "us-east-1";
    }

    [[nodiscard]] KmsClient client(const std::string& url) const {
        ClientOptions options;
        options.endpointUrl = url;
        return KmsClient{options, m_surroundings.clock(), m_surroundings.forClient()};
    }
    [[nodiscard]] KmsClient client() const { return client(m_service.url()); }
    static bool hasFinding(const KmsClient& client, const std::string& words) {
        return std::ranges::any_of(
            client.findings(), [&](const Finding& finding) { return toEnglish(finding.what).find(words) != std::string::npos; });
    }
    static ImportKeyMaterialRequest importRequest(std::optional<ImportType> type = std::nullopt) {
        ImportKeyMaterialRequest request;
        request.keyId = keyId;
        request.importToken = {1};
        request.encryptedKeyMaterial = {2};
        request.expirationModel = ExpirationModel::KeyMaterialDoesNotExpire;
        request.importType = type;
        return request;
    }

    tests::Surroundings m_surroundings;
    ScriptedService m_service;
};

}  // namespace keyconvoy::kms
