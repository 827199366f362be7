#include "kmsclient/client_setup.h"

#include "core/text.h"
#include "kmsclient/credential_chain.h"

#include <charconv>
#include <random>
#include <thread>

namespace keyconvoy::kms {

namespace {

std::optional<std::filesystem::path> caBundle(const ClientOptions& options, const Environment& environment,
                                              const Profile& profile) {
    if (options.caBundle) {
        return options.caBundle;
    }
    const auto variable = lookUp(environment, "AWS_CA_BUNDLE");
    const auto path = variable ? variable : profile.setting("ca_bundle");
    return path ? std::optional<std::filesystem::path>{*path} : std::nullopt;
}

int maxAttempts(const Environment& environment, const Profile& profile) {
    constexpr int standard = 3;
    constexpr int most = 20;
    const auto variable = lookUp(environment, "AWS_MAX_ATTEMPTS");
    const auto text = variable ? variable : profile.setting("max_attempts");
    if (!text) {
        return standard;
    }
    int number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc{} || end != text->data() + text->size() || number < 1 || number > most) {
        throw Error{
            ErrorKind::InvalidInput,
            variable ? KC_TEXT("ClientSetup", "AWS_MAX_ATTEMPTS") : KC_TEXT("ClientSetup", "max_attempts of the AWS profile"),
            KC_TEXT("ClientSetup", "\"%1\" is no number from 1 to 20").with(*text),
            KC_TEXT("ClientSetup", "correct it, or leave it out for three attempts")};
    }
    return number;
}

Credentials given(const ExplicitCredentials& from) {
    Credentials credentials;
    credentials.accessKeyId = from.accessKeyId;
    credentials.secretAccessKey = SecretBytes::copyOf(asBytes(from.secretAccessKey));
    credentials.sessionToken = SecretBytes::copyOf(asBytes(from.sessionToken.value_or("")));
    credentials.source = KC_TEXT("ClientSetup", "given");
    return credentials;
}

/// `sts` is complete but for what this gives.
std::function<Credentials()> credentialsLoader(const ClientOptions& options, const Environment& environment,
                                               std::shared_ptr<RoleSessions> sessions, const ServiceCaller::Settings& sts) {
    if (options.credentials) {
        return [from = *options.credentials] { return given(from); };
    }
    return [setup = CredentialSetup{.environment = environment,
                                    .profile = options.profile,
                                    .askMfaCode = options.askMfaCode,
                                    .sessions = std::move(sessions),
                                    .sts = sts}] { return loadCredentials(setup); };
}

bool allGiven(const ClientOptions& options) {
    return options.credentials && options.region && options.endpointUrl;
}

void checkAmazonRootsPossible(const ClientOptions& options, const Endpoints& endpoints) {
    if (options.requireAmazonRoots && !endpoints.kms.tls) {
        throw Error{ErrorKind::Refused, KC_TEXT("ClientSetup", "endpoint %1").with(endpoints.kms.url()),
                    KC_TEXT("ClientSetup", "Amazon's roots are required, and plain http shows no certificate"),
                    KC_TEXT("ClientSetup", "leave %1 out for a simulator, or use an https endpoint")
                        .with(typedAs("--require-amazon-roots"))};
    }
}

}  // namespace

ClientSurroundings ClientSurroundings::ofThisProcess() {
    static const auto limiter = std::make_shared<RateLimiter>();
    static const auto sessions = std::make_shared<RoleSessions>();
    return {.environment = processEnvironment(),
            .wait = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); },
            .random =
                [] {
                    std::random_device source;
                    return std::generate_canonical<double, 32>(source);
                },
            .limiter = limiter,
            .sessions = sessions};
}

ServiceCaller::Settings clientSettings(const ClientOptions& options, Clock clock, ClientSurroundings surroundings) {
    initialiseSecureHeap();
    const Environment nothing = [](const std::string&) -> std::optional<std::string> { return std::nullopt; };
    const Environment environment = allGiven(options) ? nothing : surroundings.environment;
    const Profile profile = allGiven(options) ? Profile{} : Profile::load(environment, options.profile);
    ServiceCaller::Settings settings;
    settings.endpoints = resolveEndpoints({.region = options.region, .endpointUrl = options.endpointUrl}, environment, profile);
    checkAmazonRootsPossible(options, settings.endpoints);
    settings.transport = {.caBundle = caBundle(options, environment, profile),
                          .requireAmazonRoots = options.requireAmazonRoots,
                          .connectTimeout = options.connectTimeout,
                          .replyTimeout = options.replyTimeout,
                          .environment = environment};
    settings.attempts = maxAttempts(environment, profile);
    settings.clock = std::move(clock);
    settings.wait = std::move(surroundings.wait);
    settings.random = std::move(surroundings.random);
    if (surroundings.limiter) {
        settings.limiter = std::move(surroundings.limiter);
    }
    settings.intervals = {.byQuota = !isLoopback(settings.endpoints.kms.host), .named = options.intervals};
    settings.loadCredentials = credentialsLoader(options, environment, std::move(surroundings.sessions), settings);
    return settings;
}

}  // namespace keyconvoy::kms
