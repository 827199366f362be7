#include "kmsclient/simulator/command_line.h"

#include "core/error.h"
#include "kmsclient/simulator/regions.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace keyconvoy::kms::simulator {

namespace {

[[noreturn]] void throwBadOption(std::string_view option, Text cause) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("Simulator", "option %1").with(option), std::move(cause),
                KC_TEXT("Simulator", "see keyconvoy-kms-simulator --help")};
}

template <class Number>
std::optional<Number> parseNumber(std::string_view text) {
    Number number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

void setListen(CommandLine& line, std::string_view value) {
    const std::size_t colon = value.rfind(':');
    const auto port = colon == std::string_view::npos ? std::nullopt : parseNumber<int>(value.substr(colon + 1));
    if (!port || *port < 0 || *port > 65535) {
        throwBadOption("--listen", KC_TEXT("Simulator", "\"%1\" is not address:port").with(value));
    }
    std::string_view host = value.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    line.server.host = host;
    line.server.port = *port;
}

std::chrono::milliseconds requireDuration(std::string_view option, std::string_view value) {
    const auto duration = parseDuration(value);
    if (!duration) {
        throwBadOption(option, KC_TEXT("Simulator", "\"%1\" is not a time such as 25h, -10m, 3600s or 2d").with(value));
    }
    return *duration;
}

void setKeyPool(CommandLine& line, std::string_view value) {
    const auto count = parseNumber<unsigned>(value);
    if (!count || *count > 16) {
        throwBadOption("--key-pool", KC_TEXT("Simulator", "\"%1\" is not a number from 0 to 16").with(value));
    }
    line.server.service.readyPairs = *count;
}

std::string parseRegion(std::string_view value) {
    if (!isServed(value)) {
        throwBadOption("--region", KC_TEXT("Simulator", "\"%1\" is not a Region such as eu-central-1").with(value));
    }
    return std::string{value};
}

TlsFiles& tlsFiles(CommandLine& line) {
    return line.server.tls ? *line.server.tls : line.server.tls.emplace();
}

struct ValueOption {
    std::string_view name;
    void (*set)(CommandLine& line, std::string_view value);
};
constexpr std::array<ValueOption, 10> valueOptions{{
    {"--listen", &setListen},
    {"--region", [](CommandLine& line, std::string_view value) { line.server.service.region = parseRegion(value); }},
    {"--time-offset",
     [](CommandLine& line, std::string_view value) { line.timeOffset = requireDuration("--time-offset", value); }},
    {"--time-offset-file", [](CommandLine& line, std::string_view value) { line.timeOffsetFile = value; }},
    {"--rotation-delay",
     [](CommandLine& line, std::string_view value) {
         line.server.service.rotationDelay = requireDuration("--rotation-delay", value);
     }},
    {"--replication-delay",
     [](CommandLine& line, std::string_view value) {
         line.server.service.replicationDelay = requireDuration("--replication-delay", value);
     }},
    {"--propagation-delay",
     [](CommandLine& line, std::string_view value) {
         line.server.service.propagationDelay = requireDuration("--propagation-delay", value);
     }},
    {"--key-pool", &setKeyPool},
    {"--tls-cert", [](CommandLine& line, std::string_view value) { tlsFiles(line).certificate = value; }},
    {"--tls-key", [](CommandLine& line, std::string_view value) { tlsFiles(line).key = value; }},
}};

constexpr std::string_view exitWithProcess = "--exit-with-parent=";

/// Its number is told where the parent may be gone before this program can ask who it was.
int requireProcess(std::string_view text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 1) {
        throwBadOption("--exit-with-parent", KC_TEXT("Simulator", "\"%1\" is no process ID").with(text));
    }
    return number;
}

bool setFlag(CommandLine& line, std::string_view argument) {
    if (argument == "--help" || argument == "-h") {
        line.action = Action::ShowHelp;
    } else if (argument == "--version") {
        line.action = Action::ShowVersion;
    } else if (argument == "--exit-with-parent") {
        line.exitWithParent = true;
    } else if (argument.starts_with(exitWithProcess)) {
        line.exitWithParent = true;
        line.parent = requireProcess(argument.substr(exitWithProcess.size()));
    } else {
        return false;
    }
    return true;
}

void checkTls(const CommandLine& line) {
    if (line.server.tls && (line.server.tls->certificate.empty() || line.server.tls->key.empty())) {
        throwBadOption("--tls-cert", KC_TEXT("Simulator", "--tls-cert and --tls-key go together"));
    }
}

}  // namespace

std::optional<std::chrono::milliseconds> parseDuration(std::string_view text) {
    using namespace std::chrono_literals;
    struct Unit {
        char letter;
        std::chrono::seconds length;
    };
    static constexpr std::array<Unit, 4> units{{{'s', 1s}, {'m', 1min}, {'h', 1h}, {'d', 24h}}};
    if (text == "0") {
        return 0ms;
    }
    const auto* unit = text.empty() ? units.end() : std::ranges::find(units, text.back(), &Unit::letter);
    if (unit == units.end()) {
        return std::nullopt;
    }
    text.remove_suffix(1);
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const auto count = parseNumber<std::int64_t>(text);
    constexpr std::int64_t most = 100'000'000;  // keeps the product far from overflow
    if (!count || *count > most || *count < -most) {
        return std::nullopt;
    }
    return *count * unit->length;
}

CommandLine parseCommandLine(std::span<const std::string_view> arguments) {
    CommandLine line;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (setFlag(line, arguments[i])) {
            continue;
        }
        const std::size_t equals = arguments[i].starts_with("--") ? arguments[i].find('=') : std::string_view::npos;
        const std::string_view name = arguments[i].substr(0, equals);
        const auto* option = std::ranges::find(valueOptions, name, &ValueOption::name);
        if (option == valueOptions.end()) {
            throwBadOption(name, KC_TEXT("Simulator", "there is no such option"));
        }
        if (equals == std::string_view::npos && i + 1 == arguments.size()) {
            throwBadOption(name, KC_TEXT("Simulator", "its value is missing"));
        }
        option->set(line, equals == std::string_view::npos ? arguments[++i] : arguments[i].substr(equals + 1));
    }
    checkTls(line);
    return line;
}

std::string helpText() {
    return R"(keyconvoy-kms-simulator: a local AWS KMS for rehearsals and tests

It answers the AWS KMS API (and STS GetCallerIdentity, AssumeRole, AssumeRoleWithWebIdentity) on a loopback address,
checks signatures, unwraps imported key material and uses it. One server is all Regions of the partition aws: a request
belongs to the Region that it was signed for. Everything lives in memory and is gone when it ends. Its accounts are
000000000000 to 000000000009, and every reply carries the header x-keyconvoy-simulator. It is not a KMS: never import a
key that protects anything.

When it is ready it prints one JSON line: url, accessKeyId, secretAccessKey, account, region. Account N has the access
key AKIAKEYCONVOY000000N with the secret keyconvoy/simulator/00000000000N/secret/.

Options
  --listen ADDRESS:PORT     loopback address; port 0 takes any that is free (default 127.0.0.1:0)
  --region NAME             the Region that it names when it is ready (default us-east-1)
  --time-offset TIME        its clock runs ahead by this much, or behind: 25h, -10m, 3600s, 2d
  --time-offset-file FILE   the same, read from the file for each request; an absent or empty file means 0
  --rotation-delay TIME     how long RotateKeyOnDemand takes (default 0s)
  --replication-delay TIME  how long a new replica is Creating and a moved primary Updating (default 0s)
  --propagation-delay TIME  for how long calls that read do not see what was changed (default 0s)
  --key-pool N              wrapping key pairs kept ready per size, 0 to 16 (default 1)
  --tls-cert FILE           serve https: PEM certificate (chain)
  --tls-key FILE            serve https: PEM private key
  --exit-with-parent[=PID]  end when the process that started it ends
  --version                 print the version
  --help                    print this

Example
  keyconvoy-kms-simulator --listen 127.0.0.1:8443 --time-offset 25h
  AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... \
    aws kms create-key --origin EXTERNAL --region us-east-1 --endpoint-url http://127.0.0.1:8443
)";
}

}  // namespace keyconvoy::kms::simulator
