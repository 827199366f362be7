#include "ui/desktop_options.h"

#include "kmsclient/endpoint.h"
#include "pkcs11/module_profile.h"
#include "pkcs11/token.h"
#include "ui/language/text.h"

#include <array>
#include <QCommandLineParser>
#include <utility>

namespace keyconvoy::ui {

namespace {

struct OptionRow {
    const char* name;
    const char* value;
    const char* description;
    QString DesktopOptions::*member;
};

constexpr std::array<OptionRow, 9> textOptions{{
    {"module", "PATH", "the token's PKCS#11 module", &DesktopOptions::module},
    {"module-init", "TEXT", "the initialisation string that NSS softokn needs", &DesktopOptions::moduleInit},
    {"token", "URI|LABEL", "the token: an RFC 7512 URI or its label", &DesktopOptions::token},
    {"profile", "NAME", "the profile in the AWS configuration", &DesktopOptions::profile},
    {"region", "NAME", "the AWS Region", &DesktopOptions::region},
    {"endpoint-url", "URL", "where KMS and STS are, if not at AWS's own addresses", &DesktopOptions::endpointUrl},
    {"ca-bundle", "FILE", "the roots that TLS may end in, PEM", &DesktopOptions::caBundle},
    {"simulator", "PROGRAM", "the KMS simulator that rehearsals use", &DesktopOptions::simulator},
    {"language", "en|de", "the language of the window", &DesktopOptions::language},
}};
constexpr const char* shadeOption = "palette";
constexpr const char* environmentOption = "module-env";
constexpr const char* rehearsalOption = "rehearsal";
constexpr const char* settingsOption = "settings-folder";

void addOptions(QCommandLineParser& parser) {
    parser.setApplicationDescription(
        QStringLiteral("Keyconvoy generates key material inside a token, wraps it there, imports it into AWS KMS and checks the "
                       "import: the window "
                       "for officers at a key ceremony. What is given here is laid over the station that was chosen in the "
                       "window; nothing is kept."));
    parser.addOption({{QStringLiteral("h"), QStringLiteral("help")}, QStringLiteral("this text")});
    parser.addVersionOption();
    parser.addOption(
        {QLatin1String{rehearsalOption}, QStringLiteral("begin in a rehearsal: software tokens and a simulator, made for it")});
    for (const OptionRow& row : textOptions) {
        parser.addOption({QLatin1String{row.name}, QLatin1String{row.description}, QLatin1String{row.value}});
    }
    parser.addOption({QLatin1String{environmentOption}, QStringLiteral("a variable that the module reads; may be repeated"),
                      QStringLiteral("NAME=VALUE")});
    parser.addOption({QLatin1String{shadeOption}, QStringLiteral("light or dark; without it as the desktop has it"),
                      QStringLiteral("light|dark")});
    parser.addOption({QLatin1String{settingsOption},
                      QStringLiteral("where settings are kept, in place of $XDG_CONFIG_HOME/keyconvoy"),
                      QStringLiteral("FOLDER")});
}

[[noreturn]] void throwBadArguments(const QString& cause) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("DesktopOptions", "command line"), verbatim(toUtf8(cause)),
                KC_TEXT("DesktopOptions", "see keyconvoy-desktop --help")};
}

std::optional<ShadeChoice> shadeFrom(const QCommandLineParser& parser) {
    const QString text = parser.value(QLatin1String{shadeOption});
    if (text.isEmpty()) {
        return std::nullopt;
    }
    if (text != QLatin1String{"light"} && text != QLatin1String{"dark"}) {
        throwBadArguments(QStringLiteral("--palette is light or dark, not \"%1\"").arg(text));
    }
    return text == QLatin1String{"dark"} ? ShadeChoice::Dark : ShadeChoice::Light;
}

/// What the page Station would not take is not taken here either.
void checkValues(const DesktopOptions& options) {
    if (!options.token.isEmpty()) {
        static_cast<void>(pkcs11::TokenSelector::parse(toUtf8(options.token)));
    }
    if (!options.region.isEmpty()) {
        kms::checkRegionName(toUtf8(options.region));
    }
    if (!options.endpointUrl.isEmpty()) {
        static_cast<void>(kms::Endpoint::parse(toUtf8(options.endpointUrl), verbatim("--endpoint-url")));
    }
    for (const QString& variable : options.moduleEnvironment) {
        static_cast<void>(pkcs11::ModuleVariable::parse(toUtf8(variable)));
    }
    if (!options.language.isEmpty() && options.language != QLatin1String{"en"} && options.language != QLatin1String{"de"}) {
        throwBadArguments(QStringLiteral("--language is en or de, not \"%1\"").arg(options.language));
    }
}

}  // namespace

DesktopOptions parseDesktopOptions(const QStringList& arguments) {
    QCommandLineParser parser;
    addOptions(parser);
    if (!parser.parse(arguments)) {
        throwBadArguments(parser.errorText());
    }
    if (!parser.positionalArguments().isEmpty()) {
        throwBadArguments(QStringLiteral("there is no place for \"%1\"").arg(parser.positionalArguments().constFirst()));
    }
    DesktopOptions options;
    for (const OptionRow& row : textOptions) {
        options.*row.member = parser.value(QLatin1String{row.name});
    }
    options.rehearsal = parser.isSet(QLatin1String{rehearsalOption});
    options.shade = shadeFrom(parser);
    options.moduleEnvironment = parser.values(QLatin1String{environmentOption});
    options.settingsFolder = parser.value(QLatin1String{settingsOption});
    checkValues(options);
    return options;
}

QString desktopHelp() {
    QCommandLineParser parser;
    addOptions(parser);
    return parser.helpText().replace(QLatin1String{"<executable_name>"}, QLatin1String{"keyconvoy-desktop"});
}

}  // namespace keyconvoy::ui
