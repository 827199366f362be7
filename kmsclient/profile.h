#pragma once

#include "kmsclient/environment.h"
#include "kmsclient/shared_config.h"

#include <optional>
#include <string>
#include <vector>

namespace keyconvoy::kms {

/// The settings of the chosen profile in ~/.aws/config and ~/.aws/credentials (or where AWS_CONFIG_FILE and
/// AWS_SHARED_CREDENTIALS_FILE point).
class Profile {
public:
    /// `named` is the profile of the command line; without it AWS_PROFILE, then AWS_DEFAULT_PROFILE, then "default".
    /// Throws NotFound when a profile was named, there or in the environment, that neither file has.
    [[nodiscard]] static Profile load(const Environment& environment, const std::optional<std::string>& named);

    [[nodiscard]] const std::string& name() const { return m_name; }
    /// Named on the command line: then the environment's credentials are left aside.
    [[nodiscard]] bool namedByOption() const { return m_namedByOption; }

    /// The credentials file wins over the configuration file. Empty values count as absent.
    [[nodiscard]] std::optional<std::string> setting(const std::string& name) const;
    [[nodiscard]] std::optional<std::string> credentialsFileSetting(const std::string& name) const;
    [[nodiscard]] std::optional<std::string> configFileSetting(const std::string& name) const;
    /// From the [services …] section that the profile names: `service` is "kms" or "sts".
    [[nodiscard]] std::optional<std::string> serviceSetting(const std::string& service, const std::string& name) const;

    [[nodiscard]] const SharedConfig& configFile() const { return m_config; }
    [[nodiscard]] const SharedConfig& credentialsFile() const { return m_credentials; }

private:
    [[nodiscard]] const SharedConfig::Section* configSection() const;
    void checkThere(bool namedSomewhere) const;

    std::string m_name = "default";
    bool m_namedByOption = false;
    SharedConfig m_config, m_credentials;
};

}  // namespace keyconvoy::kms
