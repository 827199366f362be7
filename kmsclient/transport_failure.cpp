#include "kmsclient/transport_failure.h"

#include "core/text.h"

#include <algorithm>
#include <array>
#include <curl/curl.h>

namespace keyconvoy::kms {

namespace {

/// What one of libcurl's codes means here.
struct Meaning {
    int code;
    ErrorKind kind;
    bool worthRetrying;
    Text cause, remedy;
};

const Text& checkConnection() {
    static const Text text =
        KC_TEXT("Transport", "check the network, the endpoint and the proxy settings (HTTPS_PROXY, NO_PROXY); then %1")
            .with(typedAs("repeat the command"));
    return text;
}

const Text& checkTrust() {
    static const Text text =
        KC_TEXT("Transport",
                "check the endpoint's name and this machine's clock; behind an inspecting proxy or a private endpoint name its "
                "CA with %1, knowing that its owner can then swap the wrapping key")
            .with(typedAs("--ca-bundle"));
    return text;
}

const std::array<Meaning, 14>& meanings() {
    static const std::array<Meaning, 14> table{{
        {CURLE_COULDNT_RESOLVE_HOST, ErrorKind::Unavailable, true, KC_TEXT("Transport", "the host's name is not known here"),
         checkConnection()},
        {CURLE_COULDNT_RESOLVE_PROXY, ErrorKind::Unavailable, true, KC_TEXT("Transport", "the proxy's name is not known here"),
         checkConnection()},
        {CURLE_COULDNT_CONNECT, ErrorKind::Unavailable, true, KC_TEXT("Transport", "nobody answers at this address"),
         checkConnection()},
        {CURLE_PROXY, ErrorKind::Unavailable, true, KC_TEXT("Transport", "the proxy makes no connection"), checkConnection()},
        {CURLE_SEND_ERROR, ErrorKind::Unavailable, true, KC_TEXT("Transport", "the connection broke while the request was sent"),
         checkConnection()},
        {CURLE_RECV_ERROR, ErrorKind::Unavailable, true,
         KC_TEXT("Transport", "the connection broke before the reply was complete"), checkConnection()},
        {CURLE_GOT_NOTHING, ErrorKind::Unavailable, true, KC_TEXT("Transport", "the connection was closed without a reply"),
         checkConnection()},
        {CURLE_PARTIAL_FILE, ErrorKind::Unavailable, true, KC_TEXT("Transport", "only a part of the reply arrived"),
         checkConnection()},
        {CURLE_SSL_CONNECT_ERROR, ErrorKind::Unavailable, true,
         KC_TEXT("Transport", "no TLS connection came about; TLS 1.2 or newer is required"), checkTrust()},
        {CURLE_PEER_FAILED_VERIFICATION, ErrorKind::Refused, false,
         KC_TEXT("Transport", "the server's certificate is not accepted"), checkTrust()},
        {CURLE_SSL_CACERT_BADFILE, ErrorKind::InvalidInput, false, KC_TEXT("Transport", "the CA bundle cannot be used"),
         KC_TEXT("Transport", "it must be a file with certificates in PEM form")},
        {CURLE_UNSUPPORTED_PROTOCOL, ErrorKind::Integrity, false, KC_TEXT("Transport", "what answers there does not speak HTTP"),
         KC_TEXT("Transport", "check the endpoint's host and port, and whether it wants https")},
        {CURLE_WEIRD_SERVER_REPLY, ErrorKind::Integrity, false, KC_TEXT("Transport", "what answers there does not speak HTTP"),
         KC_TEXT("Transport", "check the endpoint's host and port, and whether it wants https")},
        {CURLE_OUT_OF_MEMORY, ErrorKind::Internal, false, KC_TEXT("Transport", "memory ran out"),
         KC_TEXT("Transport", "close other programs and %1").with(typedAs("repeat the command"))},
    }};
    return table;
}

Meaning timeOut(const TransferProgress& progress) {
    return {CURLE_OPERATION_TIMEDOUT, ErrorKind::Unavailable, true,
            progress.requestBegun ? KC_TEXT("Transport", "no complete reply came in time")
                                  : KC_TEXT("Transport", "no connection came about in time"),
            checkConnection()};
}

Meaning refused(Refusal refusal, const ConnectionEvidence& connection) {
    if (refusal == Refusal::ForeignRoot) {
        return {CURLE_ABORTED_BY_CALLBACK, ErrorKind::Refused, false,
                connection.tls
                    ? KC_TEXT("Transport",
                              "the certificate chain ends at \"%1\", which is no root of Amazon Trust Services; nothing was sent")
                          .with(connection.rootSubject)
                    : KC_TEXT("Transport", "there is no TLS, and Amazon's roots are required; nothing was sent"),
                KC_TEXT("Transport",
                        "find out who answers there; only for a private endpoint or a proxy that you trust like KMS itself, "
                        "repeat without %1")
                    .with(typedAs("--require-amazon-roots"))};
    }
    if (refusal == Refusal::PlainHttpElsewhere) {
        return {CURLE_ABORTED_BY_CALLBACK, ErrorKind::Refused, false,
                KC_TEXT("Transport", "this name leads to %1, which is not this machine; nothing was sent")
                    .with(connection.peerAddress),
                KC_TEXT("Transport", "use https, or a loopback address such as http://127.0.0.1:4566 for a simulator")};
    }
    return {CURLE_ABORTED_BY_CALLBACK, ErrorKind::Integrity, false,
            KC_TEXT("Transport", "the TLS connection shows no verified certificate chain; nothing was sent"),
            KC_TEXT("Transport", "use a libcurl that is built with OpenSSL")};
}

Meaning tooLarge() {
    return {CURLE_WRITE_ERROR, ErrorKind::Integrity, false, KC_TEXT("Transport", "the reply is longer than any that KMS gives"),
            KC_TEXT("Transport", "check the endpoint: whoever answers there is not KMS")};
}

Meaning refusedByProxy(int status, const std::string& proxy) {
    return {CURLE_RECV_ERROR, ErrorKind::Unavailable, status >= 500,
            KC_TEXT("Transport", "the proxy %1 answers with status %2 and makes no connection")
                .with(proxy)
                .with(static_cast<std::uint64_t>(status)),
            status == 407
                ? KC_TEXT("Transport", "give the proxy's user name and password in HTTPS_PROXY (http://name:password@host:port)")
                : KC_TEXT("Transport", "have the proxy's owner allow this host and port, or name the host in NO_PROXY")};
}

Meaning meaningOf(int code, const TransferProgress& progress, const ConnectionEvidence& connection) {
    if (progress.tooLarge) {
        return tooLarge();
    }
    if (progress.refusal != Refusal::None) {
        return refused(progress.refusal, connection);
    }
    if (code == CURLE_OPERATION_TIMEDOUT || progress.replyTooLate) {
        return timeOut(progress);
    }
    if (!progress.requestBegun && progress.proxyStatus >= 300) {
        return refusedByProxy(progress.proxyStatus, connection.proxy);
    }
    const auto row = std::ranges::find(meanings(), code, &Meaning::code);
    if (row != meanings().end()) {
        return *row;
    }
    return {code, ErrorKind::Unavailable, false, KC_TEXT("Transport", "the transfer failed"), checkConnection()};
}

}  // namespace

void throwTransferFailed(int code, std::string_view curlText, const TransferProgress& progress,
                         const ConnectionEvidence& connection, const Text& place) {
    const Meaning meaning = meaningOf(code, progress, connection);
    Failure failure;
    failure.kind = meaning.kind;
    failure.place = place;
    failure.cause = meaning.cause;
    failure.remedy = meaning.remedy;
    failure.code = "curl:" + std::to_string(code);
    failure.serviceText = curlText.empty() ? curl_easy_strerror(static_cast<CURLcode>(code)) : std::string{curlText};
    throw TransportError{std::move(failure),
                         progress.requestBegun ? TransportError::Delivery::Unknown : TransportError::Delivery::NotSent,
                         meaning.worthRetrying};
}

}  // namespace keyconvoy::kms
