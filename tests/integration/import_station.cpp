#include "tests/integration/import_station.h"

#include "core/hex.h"
#include "kmsclient/endpoint.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

ImportStation::ImportStation() : m_simulator{KEYCONVOY_SIMULATOR, {}} {
    prepareProcess();
}

app::KmsStation ImportStation::kms() const {
    return kmsThrough(m_simulator.url());
}

app::KmsStation ImportStation::kmsThrough(const std::string& url) const {
    app::KmsStation station;
    station.mode = app::Mode::Rehearsal;
    station.client.region = m_simulator.region();
    station.client.endpointUrl = url;
    station.client.credentials = kms::ExplicitCredentials{m_simulator.accessKeyId(), m_simulator.secretAccessKey(), std::nullopt};
    return station;
}

std::uint16_t ImportStation::port() const {
    return kms::Endpoint::parse(m_simulator.url(), verbatim("simulator")).port;
}

kms::KmsClient ImportStation::client() const {
    return kms::KmsClient{kms().client, systemNow};
}

kms::KeyIdentifier ImportStation::createKey(wrapping::KeySpec keySpec) const {
    kms::CreateKeyRequest request;
    request.keySpec = keySpec;
    request.keyUsage = usualUsage(keySpec);
    return kms::KeyIdentifier::parse(client().createKey(request).metadata.arn);
}

app::WrappingWish ImportStation::wrapping(const TestToken& token) const {
    app::WrappingWish wish;
    wish.keySpec = wrapping::WrappingKeySpec::Rsa2048;
    if (token.kind() == TokenKind::SoftHsm) {
        wish.allowSha1 = app::Sha1Permission{"this token knows SHA-1 only"};
    }
    return wish;
}

app::ImportRequest ImportStation::request(const TestToken& token, wrapping::KeySpec keySpec) const {
    app::ImportRequest request;
    request.token = stationOf(token);
    request.kms = kms();
    request.keySpec = keySpec;
    request.key.generateWithLabel = pkcs11::ObjectLabel{"imported"};
    request.wrapping = wrapping(token);
    request.expiry = app::Expiry::parse("P30D");
    request.qualificationFolder = qualifications();
    request.sheetFolder = sheets();
    return request;
}

app::CheckRequest ImportStation::checkRequest(const TestToken& token, const Json& imported) const {
    app::CheckRequest request;
    request.token = stationOf(token);
    request.kms = kms();
    request.key = keyOf(imported);
    request.kmsKeyId = arnOf(imported);
    request.wrapping = wrapping(token);
    request.qualificationFolder = qualifications();
    return request;
}

pkcs11::KeySelector keyOf(const Json& imported) {
    pkcs11::KeySelector selector;
    selector.id = fromHex(imported.at("key").at("id").get<std::string>());
    return selector;
}

std::string arnOf(const Json& imported) {
    return imported.at("kms").at("keyArn").get<std::string>();
}

}  // namespace keyconvoy::tests
