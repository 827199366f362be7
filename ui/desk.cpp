#include "ui/desk.h"

#include "ui/jobs/task.h"
#include "ui/language/text.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <utility>

namespace keyconvoy::ui {

namespace {

/// QSettings would write over what it cannot read; the owner may still want what stands there.
void putAsideIfBroken(const QString& file) {
    const QSettings settings{file, QSettings::IniFormat};
    static_cast<void>(settings.allKeys());  // sections are not parsed before somebody asks for what is in them
    if (settings.status() == QSettings::FormatError) {
        const QString aside = file + QStringLiteral(".unreadable");
        QFile::remove(aside);
        QFile::rename(file, aside);
    }
}

QString settingsFile(const DesktopOptions& options) {
    const QString folder =
        options.settingsFolder.isEmpty()
            ? QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + QStringLiteral("/keyconvoy")
            : options.settingsFolder;
    QDir{}.mkpath(folder);
    QString file = folder + QStringLiteral("/desktop.conf");
    putAsideIfBroken(file);
    return file;
}

}  // namespace

Desk::Desk(const DesktopOptions& options, QObject* parent)
    : QObject{parent},
      m_options{options},
      m_profiles{settingsFile(options)},
      m_profile{overlaid(m_profiles.load(m_profiles.current()), options)},
      m_worker{std::make_unique<SerialWorker>()} {
}

Desk::~Desk() {
    m_stopRehearsal.request_stop();
    endRehearsal();
}

app::Mode Desk::mode() const {
    return m_rehearsalState == RehearsalState::None ? app::Mode::Production : app::Mode::Rehearsal;
}

void Desk::setProfile(const StationProfile& profile) {
    if (!profile.namesSameToken(m_profile)) {
        m_tokenKind = TokenKind::Unknown;
    }
    m_profile = profile;
    Q_EMIT profileChanged();
}

void Desk::noteToken(const pkcs11::TokenDescription& token) {
    if (m_rehearsalState == RehearsalState::None) {
        m_tokenKind = token.software ? TokenKind::Software : TokenKind::NotKnownToBeSoftware;
        Q_EMIT tokenSeen();
    }
}

/// Between the two modes there is no station: what would be begun now would run on one of production under the banner of a
/// rehearsal.
void Desk::checkNotStarting() const {
    if (m_rehearsalState == RehearsalState::Starting) {
        throw Error{ErrorKind::Refused, KC_TEXT("Desk", "station"), KC_TEXT("Desk", "the rehearsal is still being made"),
                    KC_TEXT("Desk", "wait until the banner names its token")};
    }
}

app::TokenStation Desk::tokenStation() const {
    checkNotStarting();
    if (!inRoom()) {
        return m_profile.tokenStation();
    }
    return m_rehearsalTokens.at(static_cast<std::size_t>(m_chosenToken)).station;
}

app::KmsStation Desk::kmsStation() const {
    checkNotStarting();
    return inRoom() ? m_rehearsalKms : m_profile.kmsStation();
}

std::optional<std::filesystem::path> Desk::qualificationFolder() const {
    return inRoom() ? std::optional{m_room->qualificationFolder()} : std::nullopt;
}

std::optional<std::filesystem::path> Desk::sheetFolder() const {
    return inRoom() ? std::optional{m_room->sheetFolder()} : std::nullopt;
}

void Desk::startRehearsal() {
    if (m_rehearsalState == RehearsalState::Broken) {
        endRehearsal();
    }
    if (m_rehearsalState != RehearsalState::None) {
        return;
    }
    m_rehearsalState = RehearsalState::Starting;
    m_stopRehearsal = std::stop_source{};
    Q_EMIT rehearsalChanged();
    using Room = std::shared_ptr<app::RehearsalRoom>;
    runTask<Room>(
        worker(), this,
        [simulator = toUtf8(m_options.simulator), stop = m_stopRehearsal.get_token()] {
            return std::make_shared<app::RehearsalRoom>(simulator, stop);
        },
        [this](Room room) { enterRoom(std::move(room)); },
        [this](const Failure& failure) {
            m_rehearsalState = RehearsalState::None;
            Q_EMIT rehearsalChanged();
            Q_EMIT rehearsalFailed(failure);
        });
}

void Desk::cancelStartingRehearsal() {
    if (m_rehearsalState == RehearsalState::Starting) {
        m_stopRehearsal.request_stop();
    }
}

void Desk::enterRoom(std::shared_ptr<app::RehearsalRoom> room) {
    m_room = std::move(room);
    m_rehearsalKms = m_room->kms();
    for (const auto& [kind, token] : m_room->tokens()) {
        m_rehearsalTokens.push_back({toQString(toString(kind)), token.station, toQString(token.pin)});
    }
    for (const auto& [kind, why] : m_room->leftOut()) {
        m_rehearsalLacks << toQString(toString(kind)) + QStringLiteral(": ") + translated(why);
    }
    m_chosenToken = 0;
    m_simulatorEnded = std::make_unique<QSocketNotifier>(m_room->simulator().readableAtEnd(), QSocketNotifier::Read);
    connect(m_simulatorEnded.get(), &QSocketNotifier::activated, this, [this] {
        m_simulatorEnded->setEnabled(false);
        m_rehearsalState = RehearsalState::Broken;
        Q_EMIT rehearsalChanged();
    });
    m_rehearsalState = RehearsalState::Open;
    Q_EMIT rehearsalChanged();
}

void Desk::endRehearsal() {
    if (m_rehearsalState == RehearsalState::None) {
        return;
    }
    m_stopRehearsal.request_stop();
    m_simulatorEnded.reset();
    m_worker->post([room = std::exchange(m_room, nullptr)]() mutable { room.reset(); });  // it may wait for its child
    m_rehearsalTokens.clear();
    m_rehearsalLacks.clear();
    m_rehearsalState = RehearsalState::None;
    Q_EMIT rehearsalChanged();
}

void Desk::setBusy(bool busy) {
    if (busy != m_busy) {
        m_busy = busy;
        Q_EMIT busyChanged(busy);
    }
}

void Desk::chooseRehearsalToken(int index) {
    m_chosenToken = index;
    Q_EMIT rehearsalChanged();
}

QString Desk::rehearsalPinHint() const {
    return inRoom()
               ? tr("This is a rehearsal: its PIN is %1.").arg(m_rehearsalTokens.at(static_cast<std::size_t>(m_chosenToken)).pin)
               : QString{};
}

}  // namespace keyconvoy::ui
