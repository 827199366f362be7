#pragma once

#include "core/strict_json.h"
#include "kmsclient/simulator/accounts.h"
#include "kmsclient/simulator/http_server.h"

#include <atomic>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

/// The simulator over a real socket, spoken to in bare HTTP with a signer of the tests' own.
namespace keyconvoy::tests {

using kms::simulator::Credentials;
using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct RawReply {
    int status = 0;
    HeaderList headers;
    std::string body;

    [[nodiscard]] std::string header(std::string_view name) const;  ///< empty when absent; names in any case
};

/// Sends the octets to 127.0.0.1:port and reads until the other side closes.
[[nodiscard]] std::string exchange(int port, std::string_view octets);
[[nodiscard]] RawReply parseReply(const std::string& octets);

/// One request, each part of which a test may spoil before it is sent.
struct RawRequest {
    std::string method = "POST";
    std::string target = "/";
    HeaderList headers;
    std::string body;

    [[nodiscard]] std::string octets() const;
};

struct SigningParts {
    std::string region = "us-east-1";
    std::string service = "kms";
    std::string date{};  ///< YYYYMMDDTHHMMSSZ
    std::vector<std::string> signedHeaders{"content-type", "host", "x-amz-date", "x-amz-target"};
};

/// The Authorization value for a request (AWS Signature Version 4).
[[nodiscard]] std::string authorization(const RawRequest& request, const Credentials& credentials, const SigningParts& parts);
[[nodiscard]] std::string basicTime(TimePoint time);

/// What GetParametersForImport gave.
struct Parameters {
    std::string algorithm;
    Bytes publicKey;
    Bytes importToken;
    double validTo = 0;
};
/// Wrapped by OpenSSL as `parameters.algorithm` says.
[[nodiscard]] Bytes wrapFor(const Parameters& parameters, ByteView plaintext);

/// `text`: KMS says exactly this; without it KMS says nothing at all.
void expectError(const RawReply& reply, const std::string& type, const std::optional<std::string>& text = std::nullopt);

/// Speaks to a simulator, from one account and in one Region.
class KmsCaller {
public:
    KmsCaller(int port, Clock clock) : m_port{port}, m_clock{std::move(clock)} {}

    /// The same account in another Region.
    [[nodiscard]] KmsCaller in(const std::string& region) const;
    /// The user of another account, in the same Region.
    [[nodiscard]] KmsCaller of(const std::string& account) const;
    /// Other credentials, of that account.
    [[nodiscard]] KmsCaller with(const Credentials& credentials, const std::string& account) const;

    [[nodiscard]] TimePoint now() const { return m_clock(); }
    [[nodiscard]] int port() const { return m_port; }
    [[nodiscard]] const Credentials& credentials() const { return m_credentials; }

    /// A signed request as a client sends it.
    [[nodiscard]] RawRequest request(std::string_view operation, const std::string& body) const;
    [[nodiscard]] RawReply send(const RawRequest& request) const;
    [[nodiscard]] RawReply call(std::string_view operation, const Json& body) const;
    /// The reply's members; throws, and so fails the test, when the call is refused.
    Json must(std::string_view operation, const Json& body) const;
    void mustFail(std::string_view operation, const Json& body, const std::string& type,
                  const std::optional<std::string>& text = std::nullopt) const;
    /// A signed request to STS; `form` is its body.
    [[nodiscard]] RawReply askSts(const std::string& form) const;

    /// A key of origin EXTERNAL; gives its ID. The usual usage for the spec unless named.
    [[nodiscard]] std::string createKey(const std::string& spec = "SYMMETRIC_DEFAULT", const std::string& usage = "") const;
    /// The same as primary of a multi-Region key.
    [[nodiscard]] std::string createPrimary(const std::string& spec = "SYMMETRIC_DEFAULT", const std::string& usage = "") const;
    /// ReplicateKey; gives a caller in the replica's Region.
    KmsCaller replicate(const std::string& keyId, const std::string& region) const;
    [[nodiscard]] Parameters parameters(const std::string& keyId, const std::string& algorithm = "RSAES_OAEP_SHA_256",
                                        const std::string& keySpec = "RSA_2048") const;
    /// ImportKeyMaterial with fresh parameters; `more` holds all members but KeyId, token and blob.
    [[nodiscard]] RawReply import(const std::string& keyId, ByteView plaintext, const Json& more) const;
    /// The same with success expected; gives the KeyMaterialId, empty where KMS gives none.
    std::string mustImport(const std::string& keyId, ByteView plaintext, const Json& more) const;
    [[nodiscard]] Json metadata(const std::string& keyId) const;
    [[nodiscard]] std::string state(const std::string& keyId) const;
    /// ListKeyRotations with ALL_KEY_MATERIAL.
    [[nodiscard]] Json materials(const std::string& keyId) const;
    [[nodiscard]] std::string arn(const std::string& keyId) const;

private:
    [[nodiscard]] RawRequest signedRequest(RawRequest request, SigningParts parts) const;

    int m_port;
    Clock m_clock;
    std::string m_region = "us-east-1";
    std::string m_account{kms::simulator::accountId};
    Credentials m_credentials = kms::simulator::credentialsOf(kms::simulator::accountId);
};

/// A simulator of the test's own, and the user of its first account.
class Kms : public KmsCaller {
public:
    explicit Kms(kms::simulator::ServerOptions options = {});

    void advance(std::chrono::milliseconds duration) { *m_ahead += duration.count(); }
    /// Stands still from now on, at a whole second, but for advance().
    void freeze();

    [[nodiscard]] kms::simulator::HttpServer& server() const { return *m_server; }

private:
    struct Started;
    explicit Kms(Started started);

    std::shared_ptr<std::atomic<std::int64_t>> m_ahead;   // milliseconds
    std::shared_ptr<std::atomic<std::int64_t>> m_frozen;  // since 1970; 0: runs
    std::unique_ptr<kms::simulator::HttpServer> m_server;
};

/// Members of an import that never ends.
[[nodiscard]] Json forEver(Json more = Json::object());
/// Material that is all `octet`.
[[nodiscard]] Bytes filled(std::size_t size, std::uint8_t octet);
[[nodiscard]] double seconds(TimePoint time);

}  // namespace keyconvoy::tests
