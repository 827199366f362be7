#pragma once

#include "kmsclient/simulator/certificate_flaw.h"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <openssl/types.h>
#include <optional>
#include <string>
#include <variant>

namespace keyconvoy::kms::simulator {

struct TlsFiles {
    std::filesystem::path certificate;  ///< PEM, the server's own first
    std::filesystem::path key;          ///< PEM
};

/// A certificate made at the start, with an authority of its own that is forgotten at the end.
struct SelfMadeTls {
    std::optional<std::filesystem::path> authorityFile{};  ///< where its certificate is written for clients, PEM; must not exist
};

/// What the simulator shows its clients; monostate: plain http.
using TlsSource = std::variant<std::monostate, TlsFiles, SelfMadeTls>;

using TlsContext = std::shared_ptr<SSL_CTX>;

/// The TLS side of one server: the certificate it was given or made, and on demand one that is wrong. TLS 1.2 and later. Any
/// thread.
class TlsServer {
public:
    /// `host`: the address it listens on. Throws InvalidInput for files that are not a PEM certificate and its key, and what
    /// writeNewFile() throws for the authority's file.
    TlsServer(const TlsSource& source, const std::string& host);
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    ~TlsServer();

    /// For the next connection. A wrong certificate comes from the authority the clients know, but for UnknownIssuer and where
    /// the certificate was given as a file.
    [[nodiscard]] TlsContext context(CertificateFlaw flaw);

private:
    struct Authority;

    std::string m_host;
    std::unique_ptr<Authority> m_authority;  ///< null where the certificate was given
    TlsContext m_good;
    std::mutex m_mutex;
    std::map<CertificateFlaw, TlsContext> m_wrong;
};

}  // namespace keyconvoy::kms::simulator
