#include "app/cli/requests.h"

#include "app/cli/mfa_prompt.h"
#include "app/cli/option_table.h"
#include "app/inventory/new_key_rules.h"
#include "core/files.h"
#include "pkcs11/label.h"
#include "wrapping/on_token_wrap.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace keyconvoy::cli {

namespace {

/// The options that name one module and its token: those of the token, or the --to ones of the backup token.
struct ModuleOptions {
    const Option &module, &init, &environment, &profile, &token;
};
constexpr ModuleOptions ownModule{option::module, option::moduleInit, option::moduleEnv, option::moduleProfile, option::token};
constexpr ModuleOptions backupModule{option::toModule, option::toModuleInit, option::toModuleEnv, option::toModuleProfile,
                                     option::to};

/// The enum value that a text names in AWS's spelling.
template <class Enum, std::size_t Size>
Enum named(const Option& option, const NameTable<Enum, Size>& table, std::string_view text) {
    const std::optional<Enum> value = valueNamed(table, text);
    if (!value) {
        throwBadOption(option, KC_TEXT("CommandLine", "\"%1\" is none of its values").with(text),
                       KC_TEXT("CommandLine", "give one of %1").with(namesIn(table)));
    }
    return *value;
}

/// What the floors below say of a value, with the option that it stands at.
template <class Parse>
auto parsedAt(const Option& option, Parse parse) {
    try {
        return parse();
    } catch (const Error& error) {
        Failure failure = error.failure();
        failure.place = KC_TEXT("CommandLine", "option %1, %2").with(option.name).with(toEnglish(failure.place));
        throw Error{std::move(failure)};
    }
}

pkcs11::KeyUri keyUriFrom(const Option& option, const std::string& text) {
    return parsedAt(option, [&text] { return pkcs11::KeyUri::parse(text); });
}

pkcs11::TokenSelector tokenFrom(const Option& option, const std::string& text) {
    return parsedAt(option, [&text] { return pkcs11::TokenSelector::parse(text); });
}

bool anyGiven(const ParsedOptions& options, std::initializer_list<const Option*> asked) {
    return std::ranges::any_of(asked, [&options](const Option* option) { return options.given(*option); });
}

bool namesAny(const ParsedOptions& options, const ModuleOptions& names) {
    return anyGiven(options, {&names.module, &names.init, &names.environment, &names.profile});
}

pkcs11::ModuleProfile profileOf(const ParsedOptions& options, const ModuleOptions& names) {
    if (const auto file = options.value(names.profile)) {
        if (anyGiven(options, {&names.module, &names.init, &names.environment})) {
            throwBadOption(names.profile, KC_TEXT("CommandLine", "it stands beside options that it replaces"),
                           KC_TEXT("CommandLine", "give either %1 or %2 with its companions")
                               .with(names.profile.name)
                               .with(names.module.name));
        }
        return pkcs11::ModuleProfile::fromTomlFile(*file);
    }
    pkcs11::ModuleProfile profile;
    profile.library = options.required(names.module);
    profile.initString = options.value(names.init);
    for (const std::string& assignment : options.values(names.environment)) {
        profile.environment.push_back(
            parsedAt(names.environment, [&assignment] { return pkcs11::ModuleVariable::parse(assignment); }));
    }
    return profile;
}

/// Both selectors must be able to mean the same token; gives what they say together.
void mergeInto(std::optional<std::string>& target, const std::optional<std::string>& other, const Option& option) {
    if (target && other && *target != *other) {
        throwBadOption(option,
                       KC_TEXT("CommandLine", "it names the token \"%1\", but --token names \"%2\"").with(*other).with(*target),
                       KC_TEXT("CommandLine", "leave the token out of one of the two"));
    }
    if (!target) {
        target = other;
    }
}

void merge(pkcs11::TokenSelector& token, const pkcs11::TokenSelector& other, const Option& option) {
    mergeInto(token.label, other.label, option);
    mergeInto(token.manufacturer, other.manufacturer, option);
    mergeInto(token.model, other.model, option);
    mergeInto(token.serial, other.serial, option);
}

bool empty(const pkcs11::TokenSelector& token) {
    return !token.label && !token.manufacturer && !token.model && !token.serial;
}

std::chrono::milliseconds secondsFrom(const ParsedOptions& options, const Option& option, std::chrono::milliseconds usual) {
    const std::optional<std::string> text = options.value(option);
    if (!text) {
        return usual;
    }
    int seconds = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
    if (error != std::errc{} || end != text->data() + text->size() || seconds < 1 || seconds > 3600) {
        throwBadOption(option, KC_TEXT("CommandLine", "\"%1\" is no number of seconds from 1 to 3600").with(*text),
                       KC_TEXT("CommandLine", "give whole seconds, such as 30"));
    }
    return std::chrono::seconds{seconds};
}

wrapping::WrappingAlgorithm algorithmNamed(std::string_view text) {
    if (text == "RSAES_PKCS1_V1_5" || text == "SM2PKE") {
        throwBadOption(option::wrappingAlgorithm, KC_TEXT("CommandLine", "%1 is never used here").with(text),
                       KC_TEXT("CommandLine", "give one of %1, or strongest").with(namesIn(wrapping::wrappingAlgorithmNames)));
    }
    return named(option::wrappingAlgorithm, wrapping::wrappingAlgorithmNames, text);
}

std::vector<std::string> valuesOr(const ParsedOptions& options, const Option& option, std::string usual) {
    std::vector<std::string> values = options.values(option);
    if (values.empty()) {
        values.push_back(std::move(usual));
    }
    return values;
}

}  // namespace

void throwBadOption(const Option& option, Text cause, Text remedy) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("CommandLine", "option %1").with(option.name), std::move(cause),
                std::move(remedy)};
}

pkcs11::ModuleProfile moduleFrom(const ParsedOptions& options) {
    return profileOf(options, ownModule);
}

bool namesModule(const ParsedOptions& options) {
    return namesAny(options, ownModule);
}

bool namesKms(const ParsedOptions& options) {
    return anyGiven(options, {&option::kms, &option::profile, &option::region, &option::endpointUrl, &option::caBundle,
                              &option::requireAmazonRoots, &option::rehearsal});
}

app::TokenStation tokenStationFrom(const ParsedOptions& options) {
    app::TokenStation station{.module = moduleFrom(options), .token = {}};
    if (const auto text = options.value(option::token)) {
        station.token = tokenFrom(option::token, *text);
    }
    for (const Option* option : {&option::key, &option::wrappingKey}) {
        if (const auto uri = options.value(*option)) {
            merge(station.token, keyUriFrom(*option, *uri).token, *option);
        }
    }
    if (empty(station.token)) {
        throwBadOption(option::token, KC_TEXT("CommandLine", "it is missing, and nothing else says which token is meant"),
                       KC_TEXT("CommandLine", "give the token's label or URI; keyconvoy token list shows them"));
    }
    return station;
}

app::TokenStation backupStationFrom(const ParsedOptions& options) {
    const bool sameModule = !namesAny(options, backupModule);
    return {.module = sameModule ? moduleFrom(options) : profileOf(options, backupModule),
            .token = tokenFrom(option::to, options.required(option::to))};
}

app::KmsStation kmsStationFrom(const ParsedOptions& options) {
    app::KmsStation station;
    station.client.profile = options.value(option::profile);
    station.client.region = options.value(option::region);
    station.client.endpointUrl = options.value(option::endpointUrl);
    if (const auto file = options.value(option::caBundle)) {
        station.client.caBundle = *file;
    }
    station.client.askMfaCode = &askMfaCodeAtTerminal;
    station.client.requireAmazonRoots = options.given(option::requireAmazonRoots);
    station.client.connectTimeout = secondsFrom(options, option::connectTimeout, station.client.connectTimeout);
    station.client.replyTimeout = secondsFrom(options, option::replyTimeout, station.client.replyTimeout);
    station.mode = options.given(option::rehearsal) ? app::Mode::Rehearsal : app::Mode::Production;
    return station;
}

std::vector<app::KmsStation> kmsStationsFrom(const ParsedOptions& options) {
    const auto orNone = [](const std::vector<std::string>& given) {
        std::vector<std::optional<std::string>> values;
        for (const std::string& value : given) {
            if (std::ranges::find(values, value) == values.end()) {  // named twice it is still one
                values.emplace_back(value);
            }
        }
        return values.empty() ? std::vector<std::optional<std::string>>{std::nullopt} : values;
    };
    std::vector<app::KmsStation> stations;
    for (const auto& profile : orNone(options.values(option::profiles))) {
        for (const auto& region : orNone(options.values(option::regions))) {
            app::KmsStation station = kmsStationFrom(options);
            station.client.profile = profile;
            station.client.region = region;
            stations.push_back(std::move(station));
        }
    }
    return stations;
}

pkcs11::KeySelector keyFrom(const ParsedOptions& options) {
    return keyUriFrom(option::key, options.required(option::key)).key;
}

pkcs11::ObjectLabel labelFrom(const ParsedOptions& options) {
    pkcs11::ObjectLabel label{options.required(option::label)};
    parsedAt(option::label, [&label] { pkcs11::checkNewLabel(label); });
    return label;
}

app::KeySource keySourceFrom(const ParsedOptions& options) {
    const bool existing = options.given(option::key);
    if (existing == options.given(option::label)) {
        throwBadOption(
            option::label,
            existing ? KC_TEXT("CommandLine", "it stands beside --key; one generates a key, the other takes one that is there")
                     : KC_TEXT("CommandLine", "neither it nor --key says which key is meant"),
            KC_TEXT("CommandLine", "give --label to generate a new key on the token, or --key for a key that is there"));
    }
    app::KeySource source;
    if (existing) {
        source.existing = keyFrom(options);
    } else {
        source.generateWithLabel = labelFrom(options);
    }
    return source;
}

wrapping::KeySpec keySpecFrom(const ParsedOptions& options) {
    return named(option::keySpec, wrapping::keySpecNames, options.required(option::keySpec));
}

std::optional<wrapping::KeyUsage> keyUsageFrom(const ParsedOptions& options, wrapping::KeySpec keySpec) {
    const std::optional<std::string> text = options.value(option::keyUsage);
    if (!text) {
        return std::nullopt;
    }
    const wrapping::KeyUsage usage = named(option::keyUsage, wrapping::keyUsageNames, *text);
    if (!wrapping::allows(keySpec, usage)) {
        throwBadOption(
            option::keyUsage,
            KC_TEXT("CommandLine", "KMS does not let a key of the spec %1 have the usage %2")
                .with(nameOf(wrapping::keySpecNames, keySpec))
                .with(*text),
            KC_TEXT("CommandLine", "the usual one is %1").with(nameOf(wrapping::keyUsageNames, wrapping::usualUsage(keySpec))));
    }
    return usage;
}

std::optional<std::string> keyPolicyFrom(const ParsedOptions& options) {
    constexpr std::size_t largestFile = 1U << 20U;
    const std::optional<std::string> file = options.value(option::keyPolicy);
    if (!file) {
        return std::nullopt;
    }
    const Bytes content = readFile(*file, largestFile);
    std::string policy{asText(content)};
    parsedAt(option::keyPolicy, [&policy] { app::checkKeyPolicy(policy); });
    return policy;
}

app::MaterialSheet sheetIn(const std::string& file) {
    constexpr std::size_t largestSheet = 1U << 20U;
    const Bytes content = readFile(file, largestSheet);
    return app::parseMaterialSheet(asText(content), verbatim(file));
}

std::vector<kms::Tag> tagsFrom(const ParsedOptions& options) {
    std::vector<kms::Tag> tags;
    for (const std::string& text : options.values(option::tags)) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos) {
            throwBadOption(option::tags, KC_TEXT("CommandLine", "\"%1\" has no =").with(text),
                           KC_TEXT("CommandLine", "give KEY=VALUE, such as Team=payments"));
        }
        tags.push_back({.key = text.substr(0, equals), .value = text.substr(equals + 1)});
    }
    parsedAt(option::tags, [&tags] { app::checkTags(tags); });
    return tags;
}

app::ImportRequest importRequestFrom(const ParsedOptions& options) {
    app::ImportRequest request;
    request.expiry = expiryFrom(options);
    request.check = checkWishFrom(options);
    request.wrapping = wrappingWishFrom(options);
    request.kms = kmsStationFrom(options);
    return request;
}

app::KeyKind keyKindFrom(const ParsedOptions& options) {
    return named(option::keyKind, app::keyKindNames, options.value(option::keyKind).value_or("new"));
}

app::PlanReading planFrom(const ParsedOptions& options) {
    return app::readPlanFile(options.required(option::plan));
}

std::optional<std::filesystem::path> pathFrom(const ParsedOptions& options, const Option& option) {
    const std::optional<std::string> text = options.value(option);
    return text ? std::optional<std::filesystem::path>{*text} : std::nullopt;
}

std::optional<std::string> reasonFrom(const ParsedOptions& options, const Option& option) {
    std::optional<std::string> reason = options.value(option);
    if (reason && reason->find_first_not_of(" \t") == std::string::npos) {
        throwBadOption(option, KC_TEXT("CommandLine", "the reason is blank"),
                       KC_TEXT("CommandLine", "say why in a few words; they are kept in the result"));
    }
    return reason;
}

std::optional<std::string> sha1ReasonFrom(const ParsedOptions& options) {
    return reasonFrom(options, option::allowSha1);
}

std::optional<Fingerprint> pinnedWrappingKeyFrom(const ParsedOptions& options) {
    const std::optional<std::string> text = options.value(option::wrappingKeySha256);
    if (!text) {
        return std::nullopt;
    }
    const std::optional<Fingerprint> fingerprint = Fingerprint::parse(*text);
    if (!fingerprint) {
        throwBadOption(option::wrappingKeySha256, KC_TEXT("CommandLine", "\"%1\" is no SHA-256 in hexadecimal").with(*text),
                       KC_TEXT("CommandLine", "give 64 hexadecimal digits, as: openssl dgst -sha256 WrappingPublicKey.bin"));
    }
    return fingerprint;
}

std::optional<pkcs11::KeySelector> wrappingKeyOnTokenFrom(const ParsedOptions& options) {
    const std::optional<std::string> uri = options.value(option::wrappingKey);
    return uri ? std::optional{keyUriFrom(option::wrappingKey, *uri).key} : std::nullopt;
}

std::optional<wrapping::WrappingAlgorithm> wrappingAlgorithmFrom(const ParsedOptions& options) {
    const std::string text = options.value(option::wrappingAlgorithm).value_or("strongest");
    return text == "strongest" ? std::nullopt : std::optional{algorithmNamed(text)};
}

app::WrappingWish wrappingWishFrom(const ParsedOptions& options) {
    app::WrappingWish wish;
    wish.algorithm = wrappingAlgorithmFrom(options);
    wish.keySpec = named(option::wrappingKeySpec, wrapping::wrappingKeySpecNames,
                         options.value(option::wrappingKeySpec).value_or("RSA_4096"));
    if (auto reason = sha1ReasonFrom(options)) {
        wish.allowSha1 = app::Sha1Permission{std::move(*reason)};
    }
    wish.pinnedWrappingKey = pinnedWrappingKeyFrom(options);
    wish.wrappingKeyOnToken = wrappingKeyOnTokenFrom(options);
    return wish;
}

int rsaBitsFrom(const ParsedOptions& options, const Option& option) {
    const auto spec = named(option, wrapping::wrappingKeySpecNames, options.value(option).value_or("RSA_4096"));
    return static_cast<int>(wrapping::modulusBytes(spec)) * 8;
}

std::vector<wrapping::qualification::Combination> combinationsFrom(const ParsedOptions& options) {
    std::vector<wrapping::qualification::Combination> combinations;
    options.checkGiven(option::keySpecs);
    for (const std::string& keySpecName : options.values(option::keySpecs)) {
        const wrapping::KeySpec keySpec = named(option::keySpecs, wrapping::keySpecNames, keySpecName);
        for (const std::string& algorithm : valuesOr(options, option::wrappingAlgorithms, "strongest")) {
            for (const std::string& wrappingKeySpec : valuesOr(options, option::wrappingKeySpecs, "RSA_4096")) {
                wrapping::WrappingChoice choice = wrapping::strongestChoice(keySpec);
                choice.algorithm = algorithm == "strongest" ? choice.algorithm : algorithmNamed(algorithm);
                choice.keySpec = named(option::wrappingKeySpecs, wrapping::wrappingKeySpecNames, wrappingKeySpec);
                combinations.push_back({.keySpec = keySpec, .choice = choice});
            }
        }
    }
    return combinations;
}

app::Expiry expiryFrom(const ParsedOptions& options) {
    const std::optional<std::string> text = options.value(option::expires);
    if (!text) {
        throwBadOption(
            option::expires,
            KC_TEXT("CommandLine", "it is missing: when the imported material expires must be chosen, there is no default"),
            KC_TEXT("CommandLine", "give a time with offset (2027-06-17T12:00:00Z), a period (P364D) or never"));
    }
    return app::Expiry::parse(*text);
}

app::CheckWish checkWishFrom(const ParsedOptions& options) {
    const std::string text = options.value(option::check).value_or("strongest");
    const auto wish = valueNamed(app::checkWishNames, text);
    if (!wish) {
        throwBadOption(option::check, KC_TEXT("CommandLine", "\"%1\" is none of its values").with(text),
                       KC_TEXT("CommandLine", "give strongest or works"));
    }
    return *wish;
}

}  // namespace keyconvoy::cli
