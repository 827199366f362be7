#include "kmsclient/endpoint.h"

#include "core/error.h"
#include "core/text.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace keyconvoy::kms {

namespace {

struct Partition {
    std::string_view regionPrefix;
    std::string_view dnsSuffix;
    std::string_view dualStackDnsSuffix;
};

/// As of botocore 1.43; the last row is the commercial partition, which also takes Regions that are newer than this table.
constexpr std::array<Partition, 9> partitions{{
    {"cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn"},
    {"us-gov-", "amazonaws.com", "api.aws"},
    {"eusc-", "amazonaws.eu", "api.amazonwebservices.eu"},
    {"us-iso-", "c2s.ic.gov", "api.aws.ic.gov"},
    {"us-isob-", "sc2s.sgov.gov", "api.aws.scloud"},
    {"eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"},
    {"us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"eu-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov"},
    {"", "amazonaws.com", "api.aws"},
}};

const Partition& partitionOf(std::string_view region) {
    return *std::ranges::find_if(partitions, [region](const Partition& row) { return region.starts_with(row.regionPrefix); });
}

struct Switches {
    bool fips = false;
    bool dualStack = false;
};

Endpoint derived(std::string_view service, std::string_view region, Switches switches) {
    const Partition& partition = partitionOf(region);
    // GovCloud's plain STS host is the FIPS one; there is no sts-fips there.
    const bool plainFips = service == "sts" && region.starts_with("us-gov-");
    std::string host{service};
    host += switches.fips && !plainFips ? "-fips." : ".";
    host.append(region).append(".").append(switches.dualStack ? partition.dualStackDnsSuffix : partition.dnsSuffix);
    return Endpoint{.tls = true, .host = std::move(host), .port = 443};
}

/// A configured address and the setting it came from.
struct Configured {
    std::string url;
    Text where;
};

bool ignoresConfigured(const Environment& environment, const Profile& profile) {
    const auto variable = lookUp(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    return isTrue(variable ? variable : profile.setting("ignore_configured_endpoint_urls"));
}

std::optional<Configured> fromEnvironment(const Environment& environment, const std::string& name) {
    const auto url = lookUp(environment, name);
    return url ? std::optional{Configured{.url = *url, .where = verbatim(name)}} : std::nullopt;
}

std::optional<Configured> fromProfile(const Profile& profile, const std::string& service) {
    const Text place = KC_TEXT("Endpoint", "profile %1 in %2").with(profile.name()).with(profile.configFile().path().string());
    if (const auto url = profile.serviceSetting(service, "endpoint_url")) {
        return Configured{.url = *url, .where = KC_TEXT("Endpoint", "services section of %1").with(place)};
    }
    const auto url = profile.configFileSetting("endpoint_url");
    return url ? std::optional{Configured{.url = *url, .where = KC_TEXT("Endpoint", "endpoint_url of %1").with(place)}}
               : std::nullopt;
}

std::optional<Configured> configuredKms(const EndpointOptions& options, const Environment& environment, const Profile& profile) {
    if (options.endpointUrl) {
        return Configured{.url = *options.endpointUrl, .where = typedAs("--endpoint-url")};
    }
    if (ignoresConfigured(environment, profile)) {
        return std::nullopt;
    }
    for (const char* variable : {"AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL"}) {
        if (auto found = fromEnvironment(environment, variable)) {
            return found;
        }
    }
    return fromProfile(profile, "kms");
}

std::optional<Configured> configuredSts(const EndpointOptions& options, const Environment& environment, const Profile& profile) {
    const bool ignored = ignoresConfigured(environment, profile);
    auto own = ignored ? std::nullopt : fromEnvironment(environment, "AWS_ENDPOINT_URL_STS");
    if (own || ignored || options.endpointUrl) {
        return own;
    }
    auto general = fromEnvironment(environment, "AWS_ENDPOINT_URL");
    return general ? general : fromProfile(profile, "sts");
}

std::string resolveRegion(const EndpointOptions& options, const Environment& environment, const Profile& profile) {
    auto region = options.region ? options.region : lookUpFirst(environment, {"AWS_REGION", "AWS_DEFAULT_REGION"});
    region = region ? region : profile.setting("region");
    if (!region) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Endpoint", "AWS Region"),
                    KC_TEXT("Endpoint", "no Region is set: not by %3, AWS_REGION, AWS_DEFAULT_REGION or profile %1 in %2")
                        .with(profile.name())
                        .with(profile.configFile().path().string())
                        .with(typedAs("--region")),
                    KC_TEXT("Endpoint", "name the Region of the KMS key, for example %1").with(typedAs("--region eu-central-1"))};
    }
    checkRegionName(*region);
    return *region;
}

Switches resolveSwitches(const Environment& environment, const Profile& profile) {
    const auto variableOr = [&](const char* variable, const char* setting) {
        const auto value = lookUp(environment, variable);
        return isTrue(value ? value : profile.setting(setting));
    };
    return {.fips = variableOr("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
            .dualStack = variableOr("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")};
}

void checkNotBoth(const Configured& configured, Switches switches) {
    if (switches.fips || switches.dualStack) {
        throw Error{
            ErrorKind::InvalidInput, KC_TEXT("Endpoint", "endpoint %1 (%2)").with(configured.url).with(configured.where),
            switches.fips ? KC_TEXT("Endpoint", "an endpoint of its own and the FIPS switch exclude each other")
                          : KC_TEXT("Endpoint", "an endpoint of its own and the dual-stack switch exclude each other"),
            KC_TEXT("Endpoint", "unset one of them; for FIPS without the switch, name the FIPS host in the endpoint itself")};
    }
}

[[noreturn]] void throwBadUrl(std::string_view url, const Text& where, Text cause) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("Endpoint", "endpoint \"%1\" (%2)").with(url).with(where), std::move(cause),
                KC_TEXT("Endpoint", "write it like https://kms.eu-central-1.amazonaws.com or http://127.0.0.1:4566")};
}

std::optional<std::uint16_t> parsePort(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0 ? std::optional{port} : std::nullopt;
}

struct HostAndPort {
    std::string_view host;
    std::optional<std::string_view> port;
};

HostAndPort splitAuthority(std::string_view authority) {
    const bool bracketed = authority.starts_with('[');
    const auto hostEnd = bracketed ? authority.find(']') : std::min(authority.find(':'), authority.size());
    if (hostEnd == std::string_view::npos) {
        return {};
    }
    if (bracketed && authority.substr(1, hostEnd - 1).find(':') == std::string_view::npos) {
        return {};  // brackets are for IPv6 addresses
    }
    const std::string_view rest = authority.substr(bracketed ? hostEnd + 1 : hostEnd);
    HostAndPort parts{.host = bracketed ? authority.substr(1, hostEnd - 1) : authority.substr(0, hostEnd), .port = std::nullopt};
    if (!rest.empty()) {
        parts.port = rest.front() == ':' ? rest.substr(1) : rest;  // what is no port then fails as one
    }
    return parts;
}

bool isHost(std::string_view host) {
    in6_addr address{};
    if (host.find(':') != std::string_view::npos) {
        return inet_pton(AF_INET6, std::string{host}.c_str(), &address) == 1;
    }
    return !host.empty() && toLower(host).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == std::string::npos;
}

}  // namespace

Endpoint Endpoint::parse(std::string_view url, const Text& where) {
    const std::string lower = toLower(url);
    const bool tls = lower.starts_with("https://");
    if (!tls && !lower.starts_with("http://")) {
        throwBadUrl(url, where, KC_TEXT("Endpoint", "it does not begin with https://"));
    }
    std::string_view authority = url.substr(tls ? 8 : 7);
    if (authority.ends_with('/')) {
        authority.remove_suffix(1);
    }
    if (authority.find_first_of("/?#@") != std::string_view::npos) {
        throwBadUrl(url, where, KC_TEXT("Endpoint", "it may hold scheme, host and port, and nothing else"));
    }
    const auto [host, portText] = splitAuthority(authority);
    const auto port = portText ? parsePort(*portText) : std::optional<std::uint16_t>{tls ? 443 : 80};
    if (!isHost(host) || !port) {
        throwBadUrl(url, where, KC_TEXT("Endpoint", "its host or port cannot be read"));
    }
    if (!tls && !isLoopback(host)) {
        throw Error{
            ErrorKind::Refused, KC_TEXT("Endpoint", "endpoint \"%1\" (%2)").with(url).with(where),
            KC_TEXT("Endpoint", "plain http is taken only to this machine: without TLS nobody knows whose wrapping key arrives"),
            KC_TEXT("Endpoint", "use https, or a loopback address such as http://127.0.0.1:4566 for a simulator")};
    }
    return Endpoint{.tls = tls, .host = toLower(host), .port = *port};
}

std::string Endpoint::url() const {
    return (tls ? "https://" : "http://") + hostHeader();
}

std::string Endpoint::hostHeader() const {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == (tls ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

bool isLoopback(std::string_view host) {
    in_addr four{};
    in6_addr six{};
    const std::string text{host};
    if (inet_pton(AF_INET, text.c_str(), &four) == 1) {
        return ntohl(four.s_addr) >> 24U == 127U;
    }
    if (inet_pton(AF_INET6, text.c_str(), &six) == 1) {
        return IN6_IS_ADDR_LOOPBACK(&six);
    }
    return toLower(host) == "localhost";
}

bool isMetadataService(std::string_view host) {
    static constexpr std::array<std::string_view, 5> addresses{"169.254.170.2", "169.254.170.23", "fd00:ec2::23",
                                                               "169.254.169.254", "fd00:ec2::254"};
    return std::ranges::find(addresses, toLower(host)) != addresses.end();
}

Endpoints resolveEndpoints(const EndpointOptions& options, const Environment& environment, const Profile& profile) {
    Endpoints endpoints;
    endpoints.region = resolveRegion(options, environment, profile);
    const Switches switches = resolveSwitches(environment, profile);
    const auto kms = configuredKms(options, environment, profile);
    const auto sts = configuredSts(options, environment, profile);
    for (const auto& configured : {kms, sts}) {
        if (configured) {
            checkNotBoth(*configured, switches);
        }
    }
    endpoints.custom = kms.has_value();
    endpoints.kms = kms ? Endpoint::parse(kms->url, kms->where) : derived("kms", endpoints.region, switches);
    endpoints.sts = sts   ? Endpoint::parse(sts->url, sts->where)
                    : kms ? endpoints.kms
                          : derived("sts", endpoints.region, switches);
    return endpoints;
}

void checkRegionName(std::string_view region) {
    const bool usable =
        region.size() <= 32 && region.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
    if (!usable || region.find('-') == std::string_view::npos || region.front() == '-' || region.back() == '-') {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Endpoint", "AWS Region \"%1\"").with(region),
                    KC_TEXT("Endpoint", "this is no name of a Region"),
                    KC_TEXT("Endpoint", "a Region is written like eu-central-1, in lower case")};
    }
}

}  // namespace keyconvoy::kms
