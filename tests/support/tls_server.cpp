#include "tests/support/tls_server.h"

#include <stdexcept>

namespace keyconvoy::tests {

namespace {

using SslPtr = CHandle<SSL, SSL_free>;

CHandle<SSL_CTX, SSL_CTX_free> serverContext(const TlsIdentity& identity, int newestVersion) {
    CHandle<SSL_CTX, SSL_CTX_free> context{SSL_CTX_new(TLS_server_method())};
    if (!context || SSL_CTX_use_certificate(context.get(), identity.certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context.get(), identity.key.get()) != 1) {
        throw std::runtime_error{"TLS server context"};
    }
    if (newestVersion < TLS1_2_VERSION) {
        SSL_CTX_set_security_level(context.get(), 0);  // OpenSSL 3 has switched the old versions off above level 0
    }
    SSL_CTX_set_min_proto_version(context.get(), newestVersion < TLS1_2_VERSION ? newestVersion : TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), newestVersion);
    return context;
}

}  // namespace

TlsServer::TlsServer(const TlsIdentity& identity, Handler handler, int newestVersion)
    : m_context{serverContext(identity, newestVersion)}, m_handler{std::move(handler)}, m_server{[this](int client) {
          serve(client);
      }} {
}

void TlsServer::serve(int client) {
    const SslPtr connection{SSL_new(m_context.get())};
    SSL_set_fd(connection.get(), client);
    if (SSL_accept(connection.get()) != 1) {
        return;
    }
    HttpMessageReader reader{[&connection](char* buffer, std::size_t size) -> long {
        return SSL_read(connection.get(), buffer, static_cast<int>(size));
    }};
    while (const auto request = reader.next()) {
        ++m_requests;
        const std::string reply = m_handler(*request);
        if (SSL_write(connection.get(), reply.data(), static_cast<int>(reply.size())) <= 0) {
            return;
        }
    }
}

}  // namespace keyconvoy::tests
