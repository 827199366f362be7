#pragma once

#include "app/rehearsal/rehearsal_room.h"
#include "core/serial_worker.h"
#include "ui/desktop_options.h"
#include "ui/station_profile.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <QObject>
#include <QSocketNotifier>
#include <stop_token>
#include <vector>

namespace keyconvoy::tests {
class BentRehearsal;
}

namespace keyconvoy::ui {

/// One token of a rehearsal, as the window needs it.
struct RehearsalToken {
    QString name;  ///< "SoftHSM"
    app::TokenStation station;
    QString pin;  ///< no secret: it guards throw-away keys until the rehearsal ends
};

/// What all pages share: the station in use, the mode, and the thread that owns the token. Lives on the window's thread.
class Desk final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Desk)

public:
    enum class RehearsalState {
        None,
        Starting,
        Open,
        Broken,  ///< its simulator has ended; nothing is left but to end it too
    };
    enum class TokenKind { Unknown, Software, NotKnownToBeSoftware };

    Desk(const DesktopOptions& options, QObject* parent = nullptr);
    ~Desk() override;

    /// The one thread on which modules are loaded, tokens used and KMS is called.
    [[nodiscard]] SerialWorker& worker() { return *m_worker; }

    [[nodiscard]] app::Mode mode() const;
    [[nodiscard]] StationProfiles& profiles() { return m_profiles; }
    /// The station of production: the chosen profile with the command line's options laid over it.
    [[nodiscard]] const StationProfile& profile() const { return m_profile; }
    void setProfile(const StationProfile& profile);
    /// Of the profile's token, as soon as some page has seen it.
    [[nodiscard]] TokenKind tokenKind() const { return m_tokenKind; }
    void noteToken(const pkcs11::TokenDescription& token);

    /// What jobs work on now: the rehearsal's token and simulator, or the profile's. Throw InvalidInput naming what is missing.
    [[nodiscard]] app::TokenStation tokenStation() const;
    [[nodiscard]] app::KmsStation kmsStation() const;
    /// Where qualifications and backups are kept; absent: the user's own state folder.
    [[nodiscard]] std::optional<std::filesystem::path> qualificationFolder() const;

    /// Of the material sheets; absent: likewise.
    [[nodiscard]] std::optional<std::filesystem::path> sheetFolder() const;

    /// Makes the rehearsal's room on the worker; rehearsalChanged() or rehearsalFailed() follows.
    void startRehearsal();
    /// One that is being made is given up; rehearsalFailed() follows.
    void cancelStartingRehearsal();
    /// Everything made for it goes.
    void endRehearsal();
    [[nodiscard]] RehearsalState rehearsalState() const { return m_rehearsalState; }
    /// A job is running on some page; the mode stays as it is until that has ended.
    void setBusy(bool busy);
    [[nodiscard]] bool busy() const { return m_busy; }
    [[nodiscard]] const std::vector<RehearsalToken>& rehearsalTokens() const { return m_rehearsalTokens; }
    [[nodiscard]] int chosenRehearsalToken() const { return m_chosenToken; }
    void chooseRehearsalToken(int index);
    /// What to say beside a question for a PIN: a rehearsal's PIN is no secret. Empty in production.
    [[nodiscard]] QString rehearsalPinHint() const;
    /// The tokens that this machine cannot make, one line each.
    [[nodiscard]] const QStringList& rehearsalLacks() const { return m_rehearsalLacks; }

Q_SIGNALS:
    void profileChanged();
    void tokenSeen();
    void rehearsalChanged();
    void busyChanged(bool busy);
    void rehearsalFailed(const keyconvoy::Failure& failure);

private:
    friend class tests::BentRehearsal;  // puts a shim before the token and a proxy before the simulator

    void checkNotStarting() const;
    void enterRoom(std::shared_ptr<app::RehearsalRoom> room);
    [[nodiscard]] bool inRoom() const {
        return m_rehearsalState == RehearsalState::Open || m_rehearsalState == RehearsalState::Broken;
    }

    DesktopOptions m_options;
    StationProfiles m_profiles;
    StationProfile m_profile;
    RehearsalState m_rehearsalState = RehearsalState::None;
    std::shared_ptr<app::RehearsalRoom> m_room;
    std::unique_ptr<QSocketNotifier> m_simulatorEnded;
    app::KmsStation m_rehearsalKms;
    std::vector<RehearsalToken> m_rehearsalTokens;
    QStringList m_rehearsalLacks;
    int m_chosenToken = 0;
    TokenKind m_tokenKind = TokenKind::Unknown;
    bool m_busy = false;
    std::stop_source m_stopRehearsal;
    std::unique_ptr<SerialWorker> m_worker;
};

}  // namespace keyconvoy::ui
