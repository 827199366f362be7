#include "kmsclient/profile.h"

#include "core/error.h"
#include "core/text.h"

namespace keyconvoy::kms {

namespace {

/// A leading ~ is the home folder.
std::filesystem::path expanded(const Environment& environment, const std::string& path) {
    const std::string home = lookUp(environment, "HOME").value_or("/");
    if (path == "~" || path.starts_with("~/")) {
        return home + path.substr(1);
    }
    return path;
}

/// The name inside [profile name] or [profile "name"]; empty when the section is of another kind.
std::string_view nameInHeader(std::string_view header, std::string_view kind) {
    if (!header.starts_with(kind) || header.size() <= kind.size() ||
        (header[kind.size()] != ' ' && header[kind.size()] != '\t')) {
        return {};
    }
    std::string_view name = trimmed(header.substr(kind.size()));
    if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front()) {
        name = name.substr(1, name.size() - 2);
    }
    return name;
}

const SharedConfig::Section* namedSection(const SharedConfig& config, std::string_view kind, std::string_view name) {
    for (const auto& [header, section] : config.sections()) {
        if (nameInHeader(header, kind) == name && !name.empty()) {
            return &section;
        }
    }
    return nullptr;
}

std::optional<std::string> settingIn(const SharedConfig::Section* section, const std::string& name) {
    if (section == nullptr) {
        return std::nullopt;
    }
    const auto place = section->find(name);
    return place == section->end() || place->second.empty() ? std::nullopt : std::optional{place->second};
}

Text describe(const SharedConfig& file) {
    const std::string path = file.path().string();
    return file.present() ? verbatim(path) : KC_TEXT("SharedConfig", "%1 (not there)").with(path);
}

}  // namespace

Profile Profile::load(const Environment& environment, const std::optional<std::string>& named) {
    Profile profile;
    profile.m_namedByOption = named.has_value();
    const auto chosen = named ? named : lookUpFirst(environment, {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"});
    profile.m_name = chosen.value_or("default");
    profile.m_config =
        SharedConfig::load(expanded(environment, lookUp(environment, "AWS_CONFIG_FILE").value_or("~/.aws/config")));
    profile.m_credentials = SharedConfig::load(
        expanded(environment, lookUp(environment, "AWS_SHARED_CREDENTIALS_FILE").value_or("~/.aws/credentials")));
    profile.checkThere(chosen.has_value());
    return profile;
}

void Profile::checkThere(bool namedSomewhere) const {
    if (!namedSomewhere || configSection() != nullptr || m_credentials.section(m_name) != nullptr) {
        return;
    }
    throw Error{ErrorKind::NotFound, KC_TEXT("Profile", "AWS profile \"%1\"").with(m_name),
                KC_TEXT("Profile", "neither %1 nor %2 has this profile").with(describe(m_config)).with(describe(m_credentials)),
                m_namedByOption
                    ? KC_TEXT("Profile", "check %1; aws configure list-profiles prints those there are")
                          .with(typedAs("the name after --profile"))
                    : KC_TEXT("Profile", "check AWS_PROFILE; aws configure list-profiles prints the profiles there are")};
}

const SharedConfig::Section* Profile::configSection() const {
    const auto* section = namedSection(m_config, "profile", m_name);
    return section == nullptr && m_name == "default" ? m_config.section("default") : section;
}

std::optional<std::string> Profile::setting(const std::string& name) const {
    auto value = credentialsFileSetting(name);
    return value ? std::move(value) : configFileSetting(name);
}

std::optional<std::string> Profile::credentialsFileSetting(const std::string& name) const {
    return settingIn(m_credentials.section(m_name), name);
}

std::optional<std::string> Profile::configFileSetting(const std::string& name) const {
    return settingIn(configSection(), name);
}

std::optional<std::string> Profile::serviceSetting(const std::string& service, const std::string& name) const {
    const auto services = configFileSetting("services");
    if (!services) {
        return std::nullopt;
    }
    const auto settings = settingIn(namedSection(m_config, "services", *services), service);
    return settings ? nestedSetting(*settings, name) : std::nullopt;
}

}  // namespace keyconvoy::kms
