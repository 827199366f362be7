#pragma once

#include "core/error.h"
#include "kmsclient/endpoint.h"
#include "kmsclient/model.h"
#include "kmsclient/signer.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::kms {

/// Whom plain http may reach.
enum class PlainHttp : std::uint8_t {
    ThisMachine,
    MetadataServices,  ///< this machine, and the addresses where AWS gives credentials to its own machines and containers
};

/// One request: `POST /` for KMS and STS.
struct HttpRequest {
    Endpoint endpoint;
    Headers headers;  ///< all of them, host and authorization included
    std::string body;
    Text place;  ///< for failures: operation and host
    /// For requests that must not be repeated: libcurl itself sends a request again when a reused connection turns out to be
    /// dead.
    bool freshConnection = false;
    std::string method = "POST";  ///< or GET, or PUT
    std::string target = "/";
    PlainHttp plainHttp = PlainHttp::ThisMachine;
};

/// Any HTTP status is a value.
struct HttpReply {
    int status = 0;
    Headers headers;
    std::string body;
    ConnectionEvidence connection;
};

/// No reply came.
class TransportError final : public Error {
public:
    enum class Delivery : std::uint8_t {
        NotSent,  ///< the request never left
        Unknown,  ///< it may have been received and executed
    };

    TransportError(Failure failure, Delivery delivery, bool worthRetrying)
        : Error{std::move(failure)}, m_delivery{delivery}, m_worthRetrying{worthRetrying} {}
    [[nodiscard]] Delivery delivery() const noexcept { return m_delivery; }
    /// A wrong certificate stays wrong; a connection that was refused may come.
    [[nodiscard]] bool worthRetrying() const noexcept { return m_worthRetrying; }

private:
    Delivery m_delivery;
    bool m_worthRetrying;
};

struct TransportOptions {
    std::optional<std::filesystem::path> caBundle;  ///< replaces the system's trust store
    bool requireAmazonRoots = false;
    std::chrono::milliseconds connectTimeout{10'000};  ///< TLS handshake included
    std::chrono::milliseconds replyTimeout{60'000};
    Environment environment;  ///< for the proxy variables
};

/// HTTP/1.1 by libcurl: TLS 1.2 or newer, no redirects, replies of at most 4 MiB, plain http to this machine only unless
/// the request says otherwise. One thread.
class Transport {
public:
    /// Throws NotFound when the CA bundle is not there.
    explicit Transport(TransportOptions options);
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    Transport(Transport&&) noexcept;
    Transport& operator=(Transport&&) noexcept;

    /// Throws TransportError (Unavailable, or Refused for a certificate) when no reply came, Error(Integrity) when what came is
    /// no HTTP or too large.
    [[nodiscard]] HttpReply send(const HttpRequest& request);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace keyconvoy::kms
