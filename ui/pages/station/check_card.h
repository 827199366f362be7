#pragma once

#include "core/finding.h"
#include "pkcs11/token.h"
#include "ui/station_profile.h"
#include "ui/widgets/parts.h"

class QCheckBox;
class QPushButton;

namespace keyconvoy::ui {

class Desk;
class FindingsView;
class JobPanel;

/// Runs the doctor on the station as it is filled in, and shows what it found.
class CheckCard final : public Card {
    Q_OBJECT

public:
    /// `profile` gives what is to be checked; in a rehearsal the rehearsal's own station is.
    CheckCard(Desk& desk, std::function<StationProfile()> profile, QWidget* parent = nullptr);

    [[nodiscard]] bool running() const;
    void cancel();
    void clear();
    /// What was found is about something else by now.
    void forget();

Q_SIGNALS:
    void runningChanged(bool running);
    void revealWanted(QWidget* part);

private:
    struct Collected {
        Findings findings;
        std::optional<pkcs11::TokenDescription> token;
    };

    void start();
    void show(const Findings& findings);

    Desk& m_desk;
    std::function<StationProfile()> m_profile;
    QCheckBox* m_logIn;
    QCheckBox* m_askKms;
    QPushButton* m_start;
    JobPanel* m_job;
    QWidget* m_verdictRow;
    IconLabel* m_verdictIcon;
    QLabel* m_verdict;
    FindingsView* m_findings;
    std::shared_ptr<Collected> m_collected;
};

}  // namespace keyconvoy::ui
