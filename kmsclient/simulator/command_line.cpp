#include "kmsclient/simulator/command_line.h"

#include "core/error.h"
#include "kmsclient/simulator/fault_json.h"
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

ListenAddress parseAddress(std::string_view option, std::string_view value) {
    const std::size_t colon = value.rfind(':');
    const auto port = colon == std::string_view::npos ? std::nullopt : parseNumber<int>(value.substr(colon + 1));
    if (!port || *port < 0 || *port > 65535) {
        throwBadOption(option, KC_TEXT("Simulator", "\"%1\" is not address:port").with(value));
    }
    std::string_view host = value.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    return {.host = std::string{host}, .port = *port};
}

void setListen(CommandLine& line, std::string_view value) {
    const ListenAddress address = parseAddress("--listen", value);
    line.server.host = address.host;
    line.server.port = address.port;
}

void setTime(CommandLine& line, std::string_view value) {
    line.time = parseRfc3339(value);
    if (!line.time) {
        throwBadOption("--time", KC_TEXT("Simulator", "\"%1\" is not a time such as 2027-06-17T12:00:00Z").with(value));
    }
}

std::chrono::milliseconds requireDuration(std::string_view option, std::string_view value) {
    const auto duration = parseDuration(value);
    if (!duration) {
        throwBadOption(option, KC_TEXT("Simulator", "\"%1\" is not a time such as 25h, -10m, 3600s or 2d").with(value));
    }
    return *duration;
}

/// One that somebody waits for: neither negative nor without end.
std::chrono::milliseconds requireDelay(std::string_view option, std::string_view value) {
    constexpr std::chrono::hours longest{24 * 365};
    const auto delay = requireDuration(option, value);
    if (delay < std::chrono::milliseconds{0} || delay > longest) {
        throwBadOption(option, KC_TEXT("Simulator", "\"%1\" is not a time from 0 to 365d").with(value));
    }
    return delay;
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

/// The TLS side of this kind; a certificate is either given or made.
template <class Kind>
Kind& tls(CommandLine& line, std::string_view option) {
    if (std::holds_alternative<std::monostate>(line.server.tls)) {
        line.server.tls.emplace<Kind>();
    }
    if (auto* kind = std::get_if<Kind>(&line.server.tls)) {
        return *kind;
    }
    throwBadOption(option, KC_TEXT("Simulator", "a certificate is either made (--tls) or given (--tls-certificate, --tls-key)"));
}

struct ValueOption {
    std::string_view name;
    void (*set)(CommandLine& line, std::string_view value);
};
constexpr std::array<ValueOption, 16> valueOptions{{
    {"--listen", &setListen},
    {"--region", [](CommandLine& line, std::string_view value) { line.server.service.region = parseRegion(value); }},
    {"--time-offset",
     [](CommandLine& line, std::string_view value) { line.timeOffset = requireDuration("--time-offset", value); }},
    {"--time-offset-file", [](CommandLine& line, std::string_view value) { line.timeOffsetFile = value; }},
    {"--rotation-delay",
     [](CommandLine& line, std::string_view value) {
         line.server.service.rotationDelay = requireDelay("--rotation-delay", value);
     }},
    {"--replication-delay",
     [](CommandLine& line, std::string_view value) {
         line.server.service.replicationDelay = requireDelay("--replication-delay", value);
     }},
    {"--propagation-delay",
     [](CommandLine& line, std::string_view value) {
         line.server.service.propagationDelay = requireDelay("--propagation-delay", value);
     }},
    {"--key-pool", &setKeyPool},
    {"--tls-certificate",
     [](CommandLine& line, std::string_view value) { tls<TlsFiles>(line, "--tls-certificate").certificate = value; }},
    {"--tls-key", [](CommandLine& line, std::string_view value) { tls<TlsFiles>(line, "--tls-key").key = value; }},
    {"--tls-ca-out",
     [](CommandLine& line, std::string_view value) { tls<SelfMadeTls>(line, "--tls-ca-out").authorityFile = value; }},
    {"--time", &setTime},
    {"--audit-log", [](CommandLine& line, std::string_view value) { line.server.service.auditLog = value; }},
    {"--state", [](CommandLine& line, std::string_view value) { line.server.service.stateFolder = value; }},
    {"--control", [](CommandLine& line, std::string_view value) { line.control = parseAddress("--control", value); }},
    {"--fault", [](CommandLine& line, std::string_view value) { line.faults.push_back(parseFault(value)); }},
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
    } else if (argument == "--tls") {
        tls<SelfMadeTls>(line, argument);
    } else if (argument == "--time-stands") {
        line.motion = Motion::Stands;
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
    const auto* files = std::get_if<TlsFiles>(&line.server.tls);
    if (files != nullptr && (files->certificate.empty() || files->key.empty())) {
        throwBadOption("--tls-certificate", KC_TEXT("Simulator", "--tls-certificate and --tls-key go together"));
    }
}

}  // namespace

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

}  // namespace keyconvoy::kms::simulator
