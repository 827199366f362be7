#pragma once

#include "app/station/station.h"

#include <QSettings>
#include <QString>
#include <QStringList>

namespace keyconvoy::ui {

struct DesktopOptions;

/// This machine, this token, this account, as an officer types it in; kept in the settings, without anything secret.
struct StationProfile {
    QString name;
    QString module, moduleInit;
    QStringList moduleEnvironment;  ///< NAME=VALUE
    QString token;                  ///< RFC 7512 URI or label
    QString awsProfile, region, endpointUrl, caBundle;

    [[nodiscard]] bool namesModule() const { return !module.isEmpty(); }
    [[nodiscard]] bool namesToken() const { return namesModule() && !token.isEmpty(); }
    [[nodiscard]] bool namesSameToken(const StationProfile& other) const {
        return module == other.module && moduleInit == other.moduleInit && moduleEnvironment == other.moduleEnvironment &&
               token == other.token;
    }

    /// Throw InvalidInput or Refused naming the field.
    [[nodiscard]] pkcs11::ModuleProfile moduleProfile() const;
    [[nodiscard]] app::TokenStation tokenStation() const;
    [[nodiscard]] app::KmsStation kmsStation() const;  ///< of production

    friend bool operator==(const StationProfile&, const StationProfile&) = default;
};

/// The profiles of this user, in $XDG_CONFIG_HOME/keyconvoy/desktop.conf.
class StationProfiles {
public:
    explicit StationProfiles(const QString& file) : m_settings{file, QSettings::IniFormat} {}

    [[nodiscard]] QStringList names() const;
    [[nodiscard]] StationProfile load(const QString& name) const;
    void save(const StationProfile& profile);
    void remove(const QString& name);
    [[nodiscard]] QString current() const;
    void setCurrent(const QString& name);
    /// Whether all that was set could be written.
    [[nodiscard]] bool kept() const { return m_settings.status() != QSettings::AccessError; }
    [[nodiscard]] QSettings& settings() { return m_settings; }

private:
    QSettings m_settings;
};

/// The options of the command line laid over a profile.
[[nodiscard]] StationProfile overlaid(StationProfile profile, const DesktopOptions& options);

}  // namespace keyconvoy::ui
