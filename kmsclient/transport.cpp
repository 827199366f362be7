#include "kmsclient/transport.h"

#include "core/c_handle.h"
#include "core/text.h"
#include "kmsclient/proxy.h"
#include "kmsclient/tls_evidence.h"
#include "kmsclient/transport_failure.h"

#include <array>
#include <chrono>
#include <curl/curl.h>
#include <mutex>

namespace keyconvoy::kms {

namespace {

using EasyPtr = CHandle<CURL, curl_easy_cleanup>;
using HeaderListPtr = CHandle<curl_slist, curl_slist_free_all>;

constexpr std::size_t largestBody = 4U << 20U;
constexpr std::size_t largestHeaders = 256U << 10U;

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
    if (const CURLcode code = curl_easy_setopt(handle, option, value); code != CURLE_OK) {
        throw Error{ErrorKind::Internal, KC_TEXT("Transport", "libcurl, option %1").with(static_cast<std::uint64_t>(option)),
                    KC_TEXT("Transport", "it is refused: %1").with(curl_easy_strerror(code)),
                    KC_TEXT("Transport", "use a libcurl of version 7.85 or newer with OpenSSL")};
    }
}

/// What the callbacks fill while one transfer runs.
struct Transfer {
    CURL* handle = nullptr;
    const HttpRequest* request = nullptr;
    bool requireAmazonRoots = false;
    std::chrono::milliseconds replyTimeout{};
    std::chrono::steady_clock::time_point requestBegun;
    HttpReply reply;
    std::size_t headerBytes = 0;
    TransferProgress progress;
};

std::string peerText(const char* address, int port) {
    const std::string_view text{address};
    const std::string shown = text.find(':') == std::string_view::npos ? std::string{text} : "[" + std::string{text} + "]";
    return shown + ":" + std::to_string(port);
}

void noteTls(Transfer& transfer) {
    curl_tlssessioninfo* session = nullptr;
    const CURLcode code = curl_easy_getinfo(transfer.handle, CURLINFO_TLS_SSL_PTR, &session);
    if (code != CURLE_OK || session == nullptr || session->backend != CURLSSLBACKEND_OPENSSL || session->internals == nullptr) {
        return;
    }
    const auto evidence = readTlsEvidence(static_cast<const ssl_st*>(session->internals));
    if (evidence) {
        ConnectionEvidence& connection = transfer.reply.connection;
        connection.leafSha256 = evidence->leafSha256;
        connection.rootKeySha256 = evidence->rootKeySha256;
        connection.rootSubject = evidence->rootSubject;
        connection.amazonRoot = evidence->amazonRoot;
    }
}

/// Called when the connection stands, TLS and proxy included, and nothing of the request has been sent: the place to refuse it.
int beforeRequest(void* context, char* peer, char* /*local*/, int peerPort, int /*localPort*/) noexcept {
    auto& transfer = *static_cast<Transfer*>(context);
    try {
        ConnectionEvidence& connection = transfer.reply.connection;
        connection.peerAddress = peerText(peer, peerPort);
        if (connection.tls) {
            noteTls(transfer);
        }
        const bool chainMissing = connection.tls && !connection.leafSha256;
        const bool foreignRoot = transfer.requireAmazonRoots && !connection.amazonRoot;
        const bool metadataAllowed = transfer.request->plainHttp == PlainHttp::MetadataServices;
        const bool notHere = !connection.tls && !isLoopback(peer) && !(metadataAllowed && isMetadataService(peer));
        transfer.progress.refusal = chainMissing  ? Refusal::NoVerifiedChain
                                    : foreignRoot ? Refusal::ForeignRoot
                                    : notHere     ? Refusal::PlainHttpElsewhere
                                                  : Refusal::None;
        transfer.progress.requestBegun = transfer.progress.refusal == Refusal::None;
        transfer.requestBegun = std::chrono::steady_clock::now();
        return transfer.progress.requestBegun ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
    } catch (...) {
        return CURL_PREREQFUNC_ABORT;
    }
}

std::size_t takeBody(char* data, std::size_t one, std::size_t count, void* context) noexcept {
    auto& transfer = *static_cast<Transfer*>(context);
    try {
        if (transfer.reply.body.size() + count > largestBody) {
            transfer.progress.tooLarge = true;
            return 0;
        }
        transfer.reply.body.append(data, one * count);
        return count;
    } catch (...) {
        return 0;
    }
}

std::size_t takeHeader(char* data, std::size_t one, std::size_t count, void* context) noexcept {
    auto& transfer = *static_cast<Transfer*>(context);
    try {
        const std::string_view line{data, one * count};
        transfer.headerBytes += line.size();
        if (transfer.headerBytes > largestHeaders) {
            transfer.progress.tooLarge = true;
            return 0;
        }
        if (line.starts_with("HTTP/")) {
            transfer.reply.headers.clear();  // what came before was an interim reply or the proxy's
        } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
            transfer.reply.headers[toLower(trimmed(line.substr(0, colon)))] = trimmed(line.substr(colon + 1));
        }
        return count;
    } catch (...) {
        return 0;
    }
}

/// The time for a reply begins when the connection stands; libcurl's own limit counts from the beginning of the whole transfer.
/// Asked at least once a second.
int watchReply(void* context, curl_off_t /*total*/, curl_off_t /*now*/, curl_off_t /*toSend*/, curl_off_t /*sent*/) noexcept {
    auto& transfer = *static_cast<Transfer*>(context);
    transfer.progress.replyTooLate =
        transfer.progress.requestBegun && std::chrono::steady_clock::now() - transfer.requestBegun > transfer.replyTimeout;
    return transfer.progress.replyTooLate ? 1 : 0;
}

HeaderListPtr headerList(const Headers& headers) {
    HeaderListPtr list;
    const auto append = [&list](const std::string& line) {
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (longer == nullptr) {
            throw std::bad_alloc{};
        }
        static_cast<void>(list.release());
        list.reset(longer);
    };
    for (const auto& [name, value] : headers) {
        append(name + ": " + value);
    }
    append("expect:");  // no waiting for "100 Continue"; not part of the signature
    return list;
}

void initialiseCurl() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

void setTrust(CURL* handle, const std::optional<std::filesystem::path>& caBundle) {
    set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    set(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    // A resumed session has no certificate chain to show.
    set(handle, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    if (caBundle) {
        set(handle, CURLOPT_CAINFO, caBundle->c_str());
        set(handle, CURLOPT_CAPATH, static_cast<char*>(nullptr));
    }
}

void setHttp(CURL* handle) {
    set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_USERAGENT, "keyconvoy");
    set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(handle, CURLOPT_PREREQFUNCTION, beforeRequest);
    set(handle, CURLOPT_WRITEFUNCTION, takeBody);
    set(handle, CURLOPT_HEADERFUNCTION, takeHeader);
    set(handle, CURLOPT_NOPROGRESS, 0L);
    set(handle, CURLOPT_XFERINFOFUNCTION, watchReply);
}

void checkCaBundle(const std::optional<std::filesystem::path>& caBundle) {
    std::error_code ignored;
    if (caBundle && !std::filesystem::is_regular_file(*caBundle, ignored)) {
        throw Error{ErrorKind::NotFound, KC_TEXT("Transport", "CA bundle %1").with(caBundle->string()),
                    KC_TEXT("Transport", "there is no such file"),
                    KC_TEXT("Transport", "check %1, AWS_CA_BUNDLE and the profile's ca_bundle").with(typedAs("--ca-bundle"))};
    }
}

}  // namespace

struct Transport::Impl {
    explicit Impl(TransportOptions given) : options{std::move(given)}, handle{curl_easy_init()} {
        if (!handle) {
            throw std::bad_alloc{};
        }
        setTrust(handle.get(), options.caBundle);
        setHttp(handle.get());
        set(handle.get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connectTimeout.count()));
        set(handle.get(), CURLOPT_TIMEOUT_MS, static_cast<long>((options.connectTimeout + options.replyTimeout).count()));
        set(handle.get(), CURLOPT_ERRORBUFFER, errorText.data());
    }

    Transfer begin(const HttpRequest& request, const std::string& proxy) const {
        Transfer transfer;
        transfer.handle = handle.get();
        transfer.request = &request;
        transfer.requireAmazonRoots = options.requireAmazonRoots;
        transfer.replyTimeout = options.replyTimeout;
        transfer.reply.connection.host = request.endpoint.host;
        transfer.reply.connection.proxy = withoutUserInfo(proxy);
        transfer.reply.connection.tls = request.endpoint.tls;
        return transfer;
    }

    void setRequest(const HttpRequest& request, const std::string& proxy, const curl_slist* headers) const {
        CURL* curl = handle.get();
        set(curl, CURLOPT_URL, (request.endpoint.url() + request.target).c_str());
        set(curl, CURLOPT_PROTOCOLS_STR, request.endpoint.tls ? "https" : "http");
        set(curl, CURLOPT_PROXY, proxy.c_str());  // an empty one keeps libcurl from asking the environment itself
        set(curl, CURLOPT_NOPROXY, "");
        set(curl, CURLOPT_HTTPHEADER, headers);
        setMethod(request);
        set(curl, CURLOPT_FRESH_CONNECT, request.freshConnection ? 1L : 0L);
    }

    void setMethod(const HttpRequest& request) const {
        CURL* curl = handle.get();
        if (request.method == "GET") {
            set(curl, CURLOPT_HTTPGET, 1L);
        } else {
            set(curl, CURLOPT_POST, 1L);
            set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            set(curl, CURLOPT_POSTFIELDS, request.body.c_str());
        }
        set(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }

    TransportOptions options;
    std::array<char, CURL_ERROR_SIZE> errorText{};
    EasyPtr handle;
};

Transport::Transport(TransportOptions options) {
    checkCaBundle(options.caBundle);
    initialiseCurl();
    m_impl = std::make_unique<Impl>(std::move(options));
}

Transport::~Transport() = default;
Transport::Transport(Transport&&) noexcept = default;
Transport& Transport::operator=(Transport&&) noexcept = default;

HttpReply Transport::send(const HttpRequest& request) {
    CURL* curl = m_impl->handle.get();
    const std::string proxy = proxyFor(m_impl->options.environment, request.endpoint);
    const HeaderListPtr headers = headerList(request.headers);
    Transfer transfer = m_impl->begin(request, proxy);
    m_impl->setRequest(request, proxy, headers.get());
    set(curl, CURLOPT_PREREQDATA, &transfer);
    set(curl, CURLOPT_WRITEDATA, &transfer);
    set(curl, CURLOPT_HEADERDATA, &transfer);
    set(curl, CURLOPT_XFERINFODATA, &transfer);
    m_impl->errorText.front() = '\0';
    const CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        long proxyStatus = 0;
        curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &proxyStatus);
        transfer.progress.proxyStatus = static_cast<int>(proxyStatus);
        throwTransferFailed(code, m_impl->errorText.data(), transfer.progress, transfer.reply.connection, request.place);
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    transfer.reply.status = static_cast<int>(status);
    transfer.reply.connection.simulatorHeader = transfer.reply.headers.contains("x-keyconvoy-simulator");
    return std::move(transfer.reply);
}

}  // namespace keyconvoy::kms
