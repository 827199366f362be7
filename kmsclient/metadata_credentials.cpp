#include "kmsclient/metadata_credentials.h"

#include "core/files.h"
#include "core/text.h"
#include "kmsclient/transport.h"

#include <algorithm>
#include <openssl/crypto.h>

namespace keyconvoy::kms {

namespace {

using namespace std::chrono_literals;

/// Where such a service is, down to the path.
struct MetadataAddress {
    Endpoint endpoint;
    std::string target;
};

Text containerSource(const Endpoint& endpoint) {
    return KC_TEXT("MetadataCredentials", "container credentials at %1").with(endpoint.url());
}

Text placeOf(const Text& source) {
    return KC_TEXT("Credentials", "AWS credentials from %1").with(source);
}

[[noreturn]] void throwForeignHost(std::string_view url, const char* variable) {
    throw Error{ErrorKind::Refused, KC_TEXT("MetadataCredentials", "%1, \"%2\"").with(variable).with(url),
                KC_TEXT("MetadataCredentials",
                        "plain http is taken only from this machine and the addresses where AWS itself gives credentials"),
                KC_TEXT("MetadataCredentials", "use https, or one of those addresses, or unset the variable")};
}

/// Scheme, host and port are checked as those of an endpoint are; plain http may go to a few addresses besides.
MetadataAddress addressIn(const std::string& url, const char* variable) {
    constexpr std::string_view plain = "http://";
    const auto authority = url.find("://");
    const auto pathStart = authority == std::string::npos ? url.size() : std::min(url.find('/', authority + 3), url.size());
    const std::string base = url.substr(0, pathStart);
    const std::string target = pathStart == url.size() ? "/" : url.substr(pathStart);
    const bool printable = std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7F; });
    if (!printable) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("MetadataCredentials", "%1, \"%2\"").with(variable).with(url),
                    KC_TEXT("MetadataCredentials", "it holds characters that no address can have"),
                    KC_TEXT("MetadataCredentials", "correct it, or unset the variable")};
    }
    if (!toLower(base).starts_with(plain)) {
        return {.endpoint = Endpoint::parse(base, verbatim(variable)), .target = target};
    }
    Endpoint endpoint = Endpoint::parse("https://" + base.substr(plain.size()), verbatim(variable));
    const bool portGiven = base.find(':', plain.size()) != std::string::npos && !base.ends_with(']');
    endpoint.tls = false;
    endpoint.port = portGiven ? endpoint.port : std::uint16_t{80};
    if (!isLoopback(endpoint.host) && !isMetadataService(endpoint.host)) {
        throwForeignHost(url, variable);
    }
    return {.endpoint = std::move(endpoint), .target = target};
}

std::optional<MetadataAddress> containerAddress(const Environment& environment) {
    if (const auto path = lookUp(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
        return addressIn("http://169.254.170.2" + (path->starts_with('/') ? *path : "/" + *path),
                         "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    }
    const auto url = lookUp(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    return url ? std::optional{addressIn(*url, "AWS_CONTAINER_CREDENTIALS_FULL_URI")} : std::nullopt;
}

/// The file wins: it is renewed, the variable stays as it was at the start.
std::optional<std::string> authorizationToken(const Environment& environment) {
    constexpr std::size_t largest = 1U << 16U;
    const auto file = lookUp(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    const auto variable = lookUp(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (!file && !variable) {
        return std::nullopt;
    }
    const std::string token{trimmed(file ? asText(readFile(*file, largest)) : std::string_view{*variable})};
    if (!std::ranges::all_of(token, [](char c) { return c >= ' ' && c < 0x7F; })) {
        throw Error{ErrorKind::InvalidInput,
                    verbatim(file ? "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE" : "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
                    KC_TEXT("MetadataCredentials", "the token holds characters that none can have"),
                    KC_TEXT("MetadataCredentials", "it is one line, as the container's agent gives it")};
    }
    return token;
}

/// Asks with short time-outs, over connections of its own: what holds for KMS's certificates does not hold here.
class MetadataService {
public:
    MetadataService(MetadataAddress address, Text source, const Environment& environment, std::chrono::milliseconds patience)
        : m_address{std::move(address)},
          m_source{std::move(source)},
          m_transport{TransportOptions{.caBundle = std::nullopt,
                                       .requireAmazonRoots = false,
                                       .connectTimeout = patience,
                                       .replyTimeout = patience,
                                       .environment = environment}} {}

    HttpReply ask(const char* method, const std::string& target, Headers headers) {
        HttpRequest request;
        request.endpoint = m_address.endpoint;
        request.headers = std::move(headers);
        request.headers["host"] = m_address.endpoint.hostHeader();
        request.place = placeOf(m_source);
        request.method = method;
        request.target = target;
        request.plainHttp = PlainHttp::MetadataServices;
        return m_transport.send(request);
    }
    HttpReply ask(const Headers& headers) { return ask("GET", m_address.target, headers); }
    [[nodiscard]] const Text& source() const { return m_source; }

private:
    MetadataAddress m_address;
    Text m_source;
    Transport m_transport;
};

Credentials read(HttpReply reply, const Text& source) {
    try {
        Credentials credentials = parseMetadataReply(reply.body, source);
        OPENSSL_cleanse(reply.body.data(), reply.body.size());
        return credentials;
    } catch (const Error&) {
        OPENSSL_cleanse(reply.body.data(), reply.body.size());
        throw;
    }
}

[[noreturn]] void throwRefused(int status, const Text& source) {
    throw Error{ErrorKind::Unavailable, placeOf(source),
                KC_TEXT("MetadataCredentials", "the service answers with status %1").with(static_cast<std::uint64_t>(status)),
                KC_TEXT("MetadataCredentials", "check the container's role and the variables AWS_CONTAINER_…; then %1")
                    .with(typedAs("repeat the command"))};
}

std::optional<MetadataAddress> instanceAddress(const Environment& environment, const Profile& profile) {
    if (isTrue(lookUp(environment, "AWS_EC2_METADATA_DISABLED"))) {
        return std::nullopt;
    }
    const auto variable = lookUp(environment, "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    const auto url = variable ? variable : profile.setting("ec2_metadata_service_endpoint");
    return addressIn(url.value_or("http://169.254.169.254"), "AWS_EC2_METADATA_SERVICE_ENDPOINT");
}

/// The role's name, which becomes a part of a path; empty when the machine has none.
std::string roleIn(const HttpReply& reply) {
    const std::string role{trimmed(std::string_view{reply.body}.substr(0, reply.body.find('\n')))};
    const bool good = reply.status == 200 && std::ranges::all_of(role, [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                 std::string_view{"+=,.@-_"}.find(c) != std::string_view::npos;
                      });
    return good ? role : std::string{};
}

std::optional<Credentials> askInstance(MetadataService& service) {
    constexpr const char* roles = "/latest/meta-data/iam/security-credentials/";
    const HttpReply token = service.ask("PUT", "/latest/api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}});
    if (token.status != 200) {
        return std::nullopt;
    }
    const Headers session{{"x-aws-ec2-metadata-token", std::string{trimmed(token.body)}}};
    const std::string role = roleIn(service.ask("GET", roles, session));
    if (role.empty()) {
        return std::nullopt;
    }
    HttpReply reply = service.ask("GET", roles + role, session);
    return reply.status == 200 ? std::optional{read(std::move(reply), service.source())} : std::nullopt;
}

}  // namespace

std::optional<Credentials> containerCredentials(const Environment& environment, const Wait& wait) {
    constexpr int attempts = 3;
    auto address = containerAddress(environment);
    if (!address) {
        return std::nullopt;
    }
    Headers headers{{"accept", "application/json"}};
    if (auto token = authorizationToken(environment)) {
        headers["authorization"] = std::move(*token);
    }
    const Text source = containerSource(address->endpoint);
    MetadataService service{std::move(*address), source, environment, 2s};
    for (int attempt = 1;; ++attempt) {
        try {
            HttpReply reply = service.ask(headers);
            if (reply.status == 200) {
                return read(std::move(reply), source);
            }
            if (reply.status < 500 || attempt == attempts) {
                throwRefused(reply.status, source);
            }
        } catch (const TransportError& error) {
            if (!error.worthRetrying() || attempt == attempts) {
                throw;
            }
        }
        wait(1s);
    }
}

std::optional<Credentials> instanceCredentials(const Environment& environment, const Profile& profile) {
    auto address = instanceAddress(environment, profile);
    if (!address) {
        return std::nullopt;
    }
    const Text source = KC_TEXT("MetadataCredentials", "instance metadata at %1").with(address->endpoint.url());
    MetadataService service{std::move(*address), source, environment, 1s};
    try {
        return askInstance(service);
    } catch (const TransportError&) {  // this is no machine of EC2's, as most are
        return std::nullopt;
    }
}

}  // namespace keyconvoy::kms
