#include "ui/station_profile.h"

#include "ui/desktop_options.h"
#include "ui/language/text.h"

#include <array>
#include <utility>

namespace keyconvoy::ui {

namespace {

constexpr const char* groupOfProfiles = "stations";
constexpr const char* currentKey = "station/current";

using Field = QString StationProfile::*;
constexpr std::array<std::pair<const char*, Field>, 7> fields{{{"module", &StationProfile::module},
                                                               {"moduleInit", &StationProfile::moduleInit},
                                                               {"token", &StationProfile::token},
                                                               {"awsProfile", &StationProfile::awsProfile},
                                                               {"region", &StationProfile::region},
                                                               {"endpointUrl", &StationProfile::endpointUrl},
                                                               {"caBundle", &StationProfile::caBundle}}};
constexpr const char* environmentKey = "moduleEnvironment";

[[noreturn]] void throwMissing(Text what) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("StationProfile", "station"), std::move(what),
                KC_TEXT("StationProfile", "open the page Station and fill it in")};
}

std::optional<std::string> given(const QString& text) {
    return text.isEmpty() ? std::nullopt : std::optional{toUtf8(text)};
}

/// A group name that cannot be read as a path in the settings file.
QString groupOf(const QString& name) {
    return QLatin1String{groupOfProfiles} + QLatin1Char{'/'} + QString::fromLatin1(name.toUtf8().toHex());
}

}  // namespace

pkcs11::ModuleProfile StationProfile::moduleProfile() const {
    if (!namesModule()) {
        throwMissing(KC_TEXT("StationProfile", "no PKCS#11 module is named"));
    }
    pkcs11::ModuleProfile profile;
    profile.library = toUtf8(module);
    profile.initString = given(moduleInit);
    for (const QString& assignment : moduleEnvironment) {
        profile.environment.push_back(pkcs11::ModuleVariable::parse(toUtf8(assignment)));
    }
    return profile;
}

app::TokenStation StationProfile::tokenStation() const {
    app::TokenStation station{.module = moduleProfile(), .token = {}};
    if (token.isEmpty()) {
        throwMissing(KC_TEXT("StationProfile", "no token is chosen"));
    }
    station.token = pkcs11::TokenSelector::parse(toUtf8(token));
    return station;
}

app::KmsStation StationProfile::kmsStation() const {
    app::KmsStation station;
    station.client.profile = given(awsProfile);
    station.client.region = given(region);
    station.client.endpointUrl = given(endpointUrl);
    if (!caBundle.isEmpty()) {
        station.client.caBundle = toUtf8(caBundle);
    }
    return station;
}

QStringList StationProfiles::names() const {
    QStringList names;
    QSettings settings{m_settings.fileName(), QSettings::IniFormat};
    settings.beginGroup(QLatin1String{groupOfProfiles});
    for (const QString& group : settings.childGroups()) {
        names << QString::fromUtf8(QByteArray::fromHex(group.toLatin1()));
    }
    names.sort(Qt::CaseInsensitive);
    return names;
}

StationProfile StationProfiles::load(const QString& name) const {
    StationProfile profile;
    profile.name = name;
    const QString group = groupOf(name) + QLatin1Char{'/'};
    for (const auto& [key, field] : fields) {
        profile.*field = m_settings.value(group + QLatin1String{key}).toString();
    }
    profile.moduleEnvironment = m_settings.value(group + QLatin1String{environmentKey}).toStringList();
    return profile;
}

void StationProfiles::save(const StationProfile& profile) {
    const QString group = groupOf(profile.name) + QLatin1Char{'/'};
    for (const auto& [key, field] : fields) {
        m_settings.setValue(group + QLatin1String{key}, profile.*field);
    }
    m_settings.setValue(group + QLatin1String{environmentKey}, profile.moduleEnvironment);
    m_settings.sync();
}

void StationProfiles::remove(const QString& name) {
    m_settings.remove(groupOf(name));
    m_settings.sync();
}

QString StationProfiles::current() const {
    return m_settings.value(QLatin1String{currentKey}).toString();
}

void StationProfiles::setCurrent(const QString& name) {
    m_settings.setValue(QLatin1String{currentKey}, name);
    m_settings.sync();
}

StationProfile overlaid(StationProfile profile, const DesktopOptions& options) {
    const std::array<std::pair<const QString*, Field>, 7> given{{{&options.module, &StationProfile::module},
                                                                 {&options.moduleInit, &StationProfile::moduleInit},
                                                                 {&options.token, &StationProfile::token},
                                                                 {&options.profile, &StationProfile::awsProfile},
                                                                 {&options.region, &StationProfile::region},
                                                                 {&options.endpointUrl, &StationProfile::endpointUrl},
                                                                 {&options.caBundle, &StationProfile::caBundle}}};
    for (const auto& [text, field] : given) {
        if (!text->isEmpty()) {
            profile.*field = *text;
        }
    }
    if (!options.moduleEnvironment.isEmpty()) {
        profile.moduleEnvironment = options.moduleEnvironment;
    }
    return profile;
}

}  // namespace keyconvoy::ui
