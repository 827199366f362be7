#include "kmsclient/credential_chain.h"

#include "core/text.h"
#include "kmsclient/metadata_credentials.h"

#include <algorithm>

namespace keyconvoy::kms {

namespace {

Text placeOf(const Profile& profile) {
    return KC_TEXT("Credentials", "AWS profile \"%1\" in %2").with(profile.name()).with(profile.configFile().path().string());
}

Text sourceIn(const Profile& profile, const SharedConfig& file) {
    return KC_TEXT("Credentials", "profile %1 in %2").with(profile.name()).with(file.path().string());
}

Text describe(const SharedConfig& file) {
    const std::string path = file.path().string();
    return file.present() ? verbatim(path) : KC_TEXT("SharedConfig", "%1 (not there)").with(path);
}

bool signsInForOthers(const Profile& profile) {
    return profile.setting("sso_session") || profile.setting("sso_start_url") || profile.setting("sso_account_id") ||
           profile.setting("sso_role_name");
}

/// Signing in at IAM Identity Center and at the console is the AWS command line's business.
void refuseWhatNeedsTheAwsCli(const Profile& profile) {
    const bool singleSignOn = signsInForOthers(profile);
    if (!singleSignOn && !profile.setting("login_session")) {
        return;
    }
    throw Error{ErrorKind::Refused, placeOf(profile),
                singleSignOn
                    ? KC_TEXT("Credentials",
                              "this profile signs in through IAM Identity Center (sso_*), which is left to the AWS command line")
                    : KC_TEXT("Credentials",
                              "this profile signs in through the console (login_session), which is left to the AWS command line"),
                KC_TEXT("Credentials", "add this line to the profile (AWS CLI version 2 does the rest):\n%1")
                    .with(shellCommand("credential_process = aws configure export-credentials --profile %1 --format process")
                              .with(profile.name()))};
}

bool hasStaticKeys(const Profile& profile) {
    return profile.setting("aws_access_key_id") || profile.setting("aws_secret_access_key");
}

[[noreturn]] void throwNone(const Profile& profile) {
    Text looked =
        profile.namedByOption()
            ? KC_TEXT("Credentials",
                      "none found: looked for profile %1 in %2 and %3 (role, keys or credential_process), then at container and "
                      "instance metadata; the environment variables were left aside because a profile was named")
            : KC_TEXT("Credentials",
                      "none found: looked at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, then at profile "
                      "%1 in %2 and %3 (role, keys or credential_process), then at container and instance metadata");
    throw Error{
        ErrorKind::NotFound, KC_TEXT("Credentials", "AWS credentials"),
        std::move(looked).with(profile.name()).with(describe(profile.credentialsFile())).with(describe(profile.configFile())),
        KC_TEXT("Credentials", "set the two variables, run aws configure, or name a profile with %1").with(typedAs("--profile"))};
}

/// One search for credentials, along profiles that name each other.
class Search {
public:
    explicit Search(const CredentialSetup& setup) : m_setup{setup} {}

    Credentials found() {
        const Profile profile = Profile::load(m_setup.environment, m_setup.profile);
        const Variables variables = profile.namedByOption() ? Variables::Aside : Variables::First;
        auto credentials = variables == Variables::First ? environmentCredentials(m_setup.environment) : std::nullopt;
        if (!credentials && hasRoleWithSource(profile)) {
            credentials = ofRole(profile);
        }
        if (!credentials) {
            credentials = ofProfile(profile, variables);
        }
        if (!credentials) {
            credentials = containerCredentials(m_setup.environment, m_setup.sts.wait);
        }
        if (!credentials) {
            credentials = instanceCredentials(m_setup.environment, profile);
        }
        if (!credentials) {
            throwNone(profile);
        }
        return std::move(*credentials);
    }

private:
    /// This program once advised a credential_process line for profiles with a role, and such a line needs no source.
    static bool hasRoleWithSource(const Profile& profile) {
        const bool source = profile.setting("source_profile") || profile.setting("credential_source");
        return assumesRole(profile) && (source || !profile.setting("credential_process"));
    }

    Credentials ofRole(const Profile& profile) {
        m_visited.push_back(profile.name());
        const auto sourceProfile = profile.setting("source_profile");
        const auto credentialSource = profile.setting("credential_source");
        if (sourceProfile.has_value() == credentialSource.has_value()) {
            throw Error{ErrorKind::InvalidInput, placeOf(profile),
                        sourceProfile
                            ? KC_TEXT("CredentialChain", "it names both source_profile and credential_source")
                            : KC_TEXT("CredentialChain",
                                      "it assumes a role (role_arn), but names neither source_profile nor credential_source"),
                        KC_TEXT("CredentialChain", "name exactly one of them: whose credentials may assume the role")};
        }
        return roleCredentials(m_setup, profile,
                               sourceProfile ? ofSourceProfile(profile, *sourceProfile) : ofSource(profile, *credentialSource));
    }

    Credentials ofSourceProfile(const Profile& profile, const std::string& name) {
        const Profile source = loadSource(profile, name);
        const bool visited = std::ranges::find(m_visited, name) != m_visited.end();
        const bool itself = name == profile.name() && hasStaticKeys(source);  // its own keys assume its role
        if (visited && !itself) {
            throwLoop(profile, name);
        }
        if (hasRoleWithSource(source) && !hasStaticKeys(source)) {
            return ofRole(source);
        }
        auto credentials = ofProfile(source, Variables::Aside);
        if (!credentials) {
            throw Error{ErrorKind::NotFound, placeOf(source),
                        KC_TEXT("CredentialChain", "profile \"%1\" takes its credentials from here, and there are none")
                            .with(profile.name()),
                        KC_TEXT("CredentialChain", "give it keys, credential_process or a role of its own")};
        }
        return std::move(*credentials);
    }

    Profile loadSource(const Profile& profile, const std::string& name) {
        try {
            return Profile::load(m_setup.environment, name);
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::NotFound) {
                throw;
            }
            throw Error{
                ErrorKind::NotFound, placeOf(profile),
                KC_TEXT("CredentialChain", "its source_profile \"%1\" does not exist").with(name),
                KC_TEXT("CredentialChain", "correct the name; aws configure list-profiles prints the profiles there are")};
        }
    }

    [[noreturn]] void throwLoop(const Profile& profile, const std::string& name) {
        std::vector<Text> names;
        for (const std::string& visited : m_visited) {
            names.push_back(verbatim(visited));
        }
        names.push_back(verbatim(name));
        throw Error{ErrorKind::InvalidInput, placeOf(profile),
                    KC_TEXT("CredentialChain", "the source_profile settings go round in circles: %1")
                        .with(joined(std::move(names), arranged("%1 → %2"))),
                    KC_TEXT("CredentialChain", "one of them must have keys, credential_process or credential_source")};
    }

    Credentials ofSource(const Profile& profile, const std::string& name) {
        const std::string source = toLower(name);
        std::optional<Credentials> credentials;
        if (source == "environment") {
            credentials = environmentCredentials(m_setup.environment);
        } else if (source == "ecscontainer") {
            credentials = containerCredentials(m_setup.environment, m_setup.sts.wait);
        } else if (source == "ec2instancemetadata") {
            credentials = instanceCredentials(m_setup.environment, profile);
        } else {
            throw Error{ErrorKind::InvalidInput, placeOf(profile),
                        KC_TEXT("CredentialChain", "its credential_source \"%1\" is not known").with(name),
                        KC_TEXT("CredentialChain", "it is one of Environment, EcsContainer and Ec2InstanceMetadata")};
        }
        if (!credentials) {
            throw Error{ErrorKind::NotFound, placeOf(profile),
                        KC_TEXT("CredentialChain", "its credential_source %1 has no credentials").with(name),
                        KC_TEXT("CredentialChain", "run the program where that source has some, or name a source_profile")};
        }
        return std::move(*credentials);
    }

    /// What the profile holds without a role of another's.
    std::optional<Credentials> ofProfile(const Profile& profile, Variables variables) {
        if (auto credentials = webIdentityCredentials(m_setup, profile, variables)) {
            return credentials;
        }
        const auto process = profile.setting("credential_process");
        if (!process) {
            refuseWhatNeedsTheAwsCli(profile);
        }
        const bool processFirst =
            process && (profile.setting("role_arn") || signsInForOthers(profile) || profile.setting("login_session"));
        auto credentials = processFirst
                               ? std::nullopt
                               : staticCredentials([&](const char* name) { return profile.credentialsFileSetting(name); },
                                                   sourceIn(profile, profile.credentialsFile()));
        if (!credentials && process) {
            credentials =
                runCredentialProcess(*process, KC_TEXT("Credentials", "credential_process of profile %1").with(profile.name()));
            credentials->renewable = true;
        }
        return credentials ? std::move(credentials)
                           : staticCredentials([&](const char* name) { return profile.configFileSetting(name); },
                                               sourceIn(profile, profile.configFile()));
    }

    const CredentialSetup& m_setup;
    std::vector<std::string> m_visited;  ///< the profiles with a role, from the chosen one on
};

}  // namespace

Credentials loadCredentials(const CredentialSetup& setup) {
    Credentials credentials = Search{setup}.found();
    const TimePoint now = setup.sts.clock();
    if (!credentials.loadedAt) {
        credentials.loadedAt = now;
    }
    checkUsable(credentials);
    checkNotExpired(credentials, now);
    return credentials;
}

}  // namespace keyconvoy::kms
