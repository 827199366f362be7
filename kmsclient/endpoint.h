#pragma once

#include "core/error.h"
#include "kmsclient/profile.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Which Region, and where KMS and STS are found for it.
namespace keyconvoy::kms {

/// Where a service is spoken to: https, or plain http on this machine only.
struct Endpoint {
    bool tls = true;
    std::string host;  ///< name or address; an IPv6 address without its brackets
    std::uint16_t port = 443;

    /// `where` names the setting, for the message. Throws InvalidInput for anything but scheme, host and port, Refused for plain
    /// http to another machine.
    [[nodiscard]] static Endpoint parse(std::string_view url, const Text& where);

    [[nodiscard]] std::string url() const;         ///< https://host[:port]
    [[nodiscard]] std::string hostHeader() const;  ///< host[:port], the port only when it is not the scheme's own
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// 127.0.0.0/8, ::1 or localhost.
[[nodiscard]] bool isLoopback(std::string_view host);

/// The addresses where AWS gives credentials to its own containers and machines: 169.254.170.2, 169.254.170.23, fd00:ec2::23
/// and 169.254.169.254, fd00:ec2::254.
[[nodiscard]] bool isMetadataService(std::string_view host);

/// Throws InvalidInput for what cannot be the name of a Region.
void checkRegionName(std::string_view region);

struct Endpoints {
    std::string region;
    Endpoint kms, sts;
    bool custom = false;  ///< KMS's was configured, not derived from the Region
};

/// The command line's choices; what is absent comes from environment and profile.
struct EndpointOptions {
    std::optional<std::string> region, endpointUrl;
};

/// Region: option, AWS_REGION, AWS_DEFAULT_REGION, profile. Endpoint: option, AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL, the
/// profile's services section, its endpoint_url, else by partition with the FIPS and dual-stack switches. STS likewise; where
/// only KMS has an endpoint of its own, STS goes there too. Throws InvalidInput.
[[nodiscard]] Endpoints resolveEndpoints(const EndpointOptions& options, const Environment& environment, const Profile& profile);

}  // namespace keyconvoy::kms
