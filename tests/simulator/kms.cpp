#include "tests/simulator/kms.h"

#include "core/base64.h"
#include "core/fingerprint.h"
#include "core/hex.h"
#include "kmsclient/simulator/crypto.h"
#include "tests/simulator/sockets.h"
#include "tests/wrapping/openssl_wrap.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>
#include <stdexcept>

namespace keyconvoy::tests {

namespace {

std::string lowerCase(std::string_view text) {
    std::string lower{text};
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return lower;
}

std::string find(const HeaderList& headers, std::string_view name) {
    const auto row =
        std::ranges::find_if(headers, [&](const auto& header) { return lowerCase(header.first) == lowerCase(name); });
    return row == headers.end() ? "" : row->second;
}

Bytes hmacSha256(ByteView key, std::string_view text) {
    Bytes mac(32);
    unsigned size = 32;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), asBytes(text).data(), text.size(), mac.data(), &size);
    return mac;
}

std::string sha256(std::string_view text) {
    return Fingerprint::of(asBytes(text)).hex();
}

std::string joinedNames(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ";") + name;
    }
    return text;
}

std::string usualUsage(const std::string& spec) {
    if (spec == "SYMMETRIC_DEFAULT") {
        return "ENCRYPT_DECRYPT";
    }
    return spec.starts_with("HMAC") ? "GENERATE_VERIFY_MAC" : "SIGN_VERIFY";
}

}  // namespace

std::string RawReply::header(std::string_view name) const {
    return find(headers, name);
}

std::string RawRequest::octets() const {
    std::string text = method + " " + target + " HTTP/1.1\r\n";
    for (const auto& [name, value] : headers) {
        text += name + ": " + value + "\r\n";
    }
    return text + "\r\n" + body;
}

std::string exchange(int port, std::string_view octets) {
    const FileDescriptor socket = connectToLoopback(port);
    sendAll(socket, octets);
    return receiveAll(socket);
}

RawReply parseReply(const std::string& octets) {
    RawReply reply;
    const std::size_t end = octets.find("\r\n\r\n");
    if (end == std::string::npos) {
        throw std::runtime_error{"no HTTP reply: " + octets};
    }
    reply.status = std::stoi(octets.substr(octets.find(' ') + 1, 3));
    std::size_t start = octets.find("\r\n") + 2;
    while (start < end) {
        const std::size_t lineEnd = octets.find("\r\n", start);
        const std::string line = octets.substr(start, lineEnd - start);
        const std::size_t colon = line.find(':');
        reply.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
        start = lineEnd + 2;
    }
    reply.body = octets.substr(end + 4);
    return reply;
}

std::string basicTime(TimePoint time) {
    std::string text = toRfc3339(time);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

std::string authorization(const RawRequest& request, const Credentials& credentials, const SigningParts& parts) {
    std::string canonical = request.method + "\n/\n\n";
    for (const std::string& name : parts.signedHeaders) {
        canonical += name + ":" + find(request.headers, name) + "\n";
    }
    canonical += "\n" + joinedNames(parts.signedHeaders) + "\n" + sha256(request.body);
    const std::string day = parts.date.substr(0, 8);
    const std::string scope = day + "/" + parts.region + "/" + parts.service + "/aws4_request";
    const std::string secret = "AWS4" + credentials.secretAccessKey;
    Bytes key(secret.begin(), secret.end());
    for (const std::string& part : {day, parts.region, parts.service, std::string{"aws4_request"}}) {
        key = hmacSha256(key, part);
    }
    const std::string signature =
        toHex(hmacSha256(key, "AWS4-HMAC-SHA256\n" + parts.date + "\n" + scope + "\n" + sha256(canonical)));
    return "AWS4-HMAC-SHA256 Credential=" + credentials.accessKeyId + "/" + scope +
           ", SignedHeaders=" + joinedNames(parts.signedHeaders) + ", Signature=" + signature;
}

Bytes wrapFor(const Parameters& parameters, ByteView plaintext) {
    const unsigned char* cursor = parameters.publicKey.data();
    const kms::simulator::PkeyPtr key{d2i_PUBKEY(nullptr, &cursor, static_cast<long>(parameters.publicKey.size()))};
    const auto hash = parameters.algorithm.ends_with("SHA_1") ? pkcs11::OaepHash::Sha1 : pkcs11::OaepHash::Sha256;
    if (parameters.algorithm.starts_with("RSAES_OAEP")) {
        return oaepEncrypt(*key, hash, hash, plaintext);
    }
    const Bytes sessionKey = kms::simulator::randomBytes(32);
    return joined(oaepEncrypt(*key, hash, hash, sessionKey), keyWrapWithPadding(sessionKey, plaintext));
}

void expectError(const RawReply& reply, const std::string& type, const std::optional<std::string>& text) {
    const bool serverFault =
        type == "KMSInternalException" || type == "DependencyTimeoutException" || type == "KeyUnavailableException";
    EXPECT_EQ(reply.status, serverFault ? 500 : 400) << reply.body;
    EXPECT_EQ(reply.header("content-type"), "application/x-amz-json-1.1");
    Json expected{{"__type", type}};
    if (text) {
        expected["message"] = *text;
    }
    EXPECT_EQ(reply.body, expected.dump());
}

// ------------------------------------------------------------------------------------------------------------------ Kms

struct Kms::Started {
    std::shared_ptr<std::atomic<std::int64_t>> ahead = std::make_shared<std::atomic<std::int64_t>>(0);
    std::shared_ptr<std::atomic<std::int64_t>> frozen = std::make_shared<std::atomic<std::int64_t>>(0);
    std::unique_ptr<kms::simulator::HttpServer> server{};

    [[nodiscard]] Clock clock() const {
        return [ahead = ahead, frozen = frozen] {
            const std::chrono::milliseconds more{ahead->load()};
            const std::int64_t still = frozen->load();
            return still == 0 ? systemNow() + more : TimePoint{std::chrono::milliseconds{still}} + more;
        };
    }
};

namespace {

int portOf(const kms::simulator::HttpServer& server) {
    return std::stoi(server.url().substr(server.url().rfind(':') + 1));
}

}  // namespace

Kms::Kms(kms::simulator::ServerOptions options)
    : Kms{[&options] {
          kms::simulator::prepareMemory();
          options.service.readyPairs = 0;  // each test asks for few
          Started started;
          started.server = std::make_unique<kms::simulator::HttpServer>(options, started.clock());
          return started;
      }()} {
}

Kms::Kms(Started started)
    : KmsCaller{portOf(*started.server), started.clock()},
      m_ahead{started.ahead},
      m_frozen{started.frozen},
      m_server{std::move(started.server)} {
}

void Kms::freeze() {
    const TimePoint whole = std::chrono::floor<std::chrono::seconds>(now());
    *m_ahead = 0;
    *m_frozen = whole.time_since_epoch().count();
}

// ----------------------------------------------------------------------------------------------------------------- caller

KmsCaller KmsCaller::in(const std::string& region) const {
    KmsCaller other = *this;
    other.m_region = region;
    return other;
}

KmsCaller KmsCaller::of(const std::string& account) const {
    return with(kms::simulator::credentialsOf(account), account);
}

KmsCaller KmsCaller::with(const Credentials& credentials, const std::string& account) const {
    KmsCaller other = *this;
    other.m_credentials = credentials;
    other.m_account = account;
    return other;
}

RawRequest KmsCaller::signedRequest(RawRequest request, SigningParts parts) const {
    parts.region = m_region;
    parts.date = basicTime(now());
    if (!m_credentials.sessionToken.empty()) {
        request.headers.emplace_back("X-Amz-Security-Token", m_credentials.sessionToken);
        parts.signedHeaders.emplace_back("x-amz-security-token");
        std::ranges::sort(parts.signedHeaders);
    }
    request.headers.emplace_back("Authorization", authorization(request, m_credentials, parts));
    return request;
}

RawRequest KmsCaller::request(std::string_view operation, const std::string& body) const {
    return signedRequest({.headers = {{"Host", "127.0.0.1:" + std::to_string(m_port)},
                                      {"Content-Type", "application/x-amz-json-1.1"},
                                      {"X-Amz-Date", basicTime(now())},
                                      {"X-Amz-Target", "TrentService." + std::string{operation}},
                                      {"Connection", "close"},
                                      {"Content-Length", std::to_string(body.size())}},
                          .body = body},
                         {});
}

RawReply KmsCaller::askSts(const std::string& form) const {
    return send(signedRequest({.headers = {{"Host", "127.0.0.1"},
                                           {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                                           {"X-Amz-Date", basicTime(now())},
                                           {"Connection", "close"},
                                           {"Content-Length", std::to_string(form.size())}},
                               .body = form},
                              {.service = "sts", .signedHeaders = {"content-type", "host", "x-amz-date"}}));
}

RawReply KmsCaller::send(const RawRequest& request) const {
    return parseReply(keyconvoy::tests::exchange(m_port, request.octets()));
}

RawReply KmsCaller::call(std::string_view operation, const Json& body) const {
    return send(request(operation, body.dump()));
}

Json KmsCaller::must(std::string_view operation, const Json& body) const {
    const RawReply reply = call(operation, body);
    if (reply.status != 200) {
        throw std::runtime_error{std::string{operation} + " was refused: " + reply.body};
    }
    return reply.body.empty() ? Json{} : Json::parse(reply.body);
}

void KmsCaller::mustFail(std::string_view operation, const Json& body, const std::string& type,
                         const std::optional<std::string>& text) const {
    const testing::ScopedTrace trace{__FILE__, __LINE__, std::string{operation} + " " + body.dump()};
    expectError(call(operation, body), type, text);
}

std::string KmsCaller::createKey(const std::string& spec, const std::string& usage) const {
    const Json reply =
        must("CreateKey", {{"Origin", "EXTERNAL"}, {"KeySpec", spec}, {"KeyUsage", usage.empty() ? usualUsage(spec) : usage}});
    return reply.at("KeyMetadata").at("KeyId");
}

std::string KmsCaller::createPrimary(const std::string& spec, const std::string& usage) const {
    const Json reply = must("CreateKey", {{"Origin", "EXTERNAL"},
                                          {"KeySpec", spec},
                                          {"KeyUsage", usage.empty() ? usualUsage(spec) : usage},
                                          {"MultiRegion", true}});
    return reply.at("KeyMetadata").at("KeyId");
}

KmsCaller KmsCaller::replicate(const std::string& keyId, const std::string& region) const {
    must("ReplicateKey", {{"KeyId", keyId}, {"ReplicaRegion", region}});
    return in(region);
}

Parameters KmsCaller::parameters(const std::string& keyId, const std::string& algorithm, const std::string& keySpec) const {
    const Json reply =
        must("GetParametersForImport", {{"KeyId", keyId}, {"WrappingAlgorithm", algorithm}, {"WrappingKeySpec", keySpec}});
    return {.algorithm = algorithm,
            .publicKey = fromBase64(reply.at("PublicKey").get<std::string>()).value(),
            .importToken = fromBase64(reply.at("ImportToken").get<std::string>()).value(),
            .validTo = reply.at("ParametersValidTo")};
}

RawReply KmsCaller::import(const std::string& keyId, ByteView plaintext, const Json& more) const {
    const Json described = metadata(keyId);
    const std::string spec = described.at("KeySpec");
    const bool hybrid = spec.starts_with("RSA") || spec.starts_with("ECC");
    const Parameters given = parameters(keyId, hybrid ? "RSA_AES_KEY_WRAP_SHA_256" : "RSAES_OAEP_SHA_256");
    Json body{{"KeyId", keyId},
              {"ImportToken", toBase64(given.importToken)},
              {"EncryptedKeyMaterial", toBase64(wrapFor(given, plaintext))}};
    body.update(more);
    return call("ImportKeyMaterial", body);
}

std::string KmsCaller::mustImport(const std::string& keyId, ByteView plaintext, const Json& more) const {
    const RawReply reply = import(keyId, plaintext, more);
    if (reply.status != 200) {
        throw std::runtime_error{"ImportKeyMaterial was refused: " + reply.body};
    }
    return Json::parse(reply.body).value("KeyMaterialId", "");
}

Json KmsCaller::metadata(const std::string& keyId) const {
    return must("DescribeKey", {{"KeyId", keyId}}).at("KeyMetadata");
}

std::string KmsCaller::state(const std::string& keyId) const {
    return metadata(keyId).at("KeyState");
}

Json KmsCaller::materials(const std::string& keyId) const {
    return must("ListKeyRotations", {{"KeyId", keyId}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}}).at("Rotations");
}

std::string KmsCaller::arn(const std::string& keyId) const {
    return "arn:aws:kms:" + m_region + ":" + m_account + ":key/" + keyId;
}

Json forEver(Json more) {
    more["ExpirationModel"] = "KEY_MATERIAL_DOES_NOT_EXPIRE";
    return more;
}

Bytes filled(std::size_t size, std::uint8_t octet) {
    return Bytes(size, octet);
}

double seconds(TimePoint time) {
    return static_cast<double>(time.time_since_epoch().count()) / 1000;
}

}  // namespace keyconvoy::tests
