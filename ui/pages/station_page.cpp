#include "ui/pages/station_page.h"

#include "ui/desk.h"
#include "ui/pages/station/check_card.h"
#include "ui/pages/station/profiles_card.h"
#include "ui/pages/station/station_form.h"
#include "ui/widgets/parts.h"

#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

QWidget* makeRehearsalNote(QWidget* parent) {
    auto* note = new Card{StationPage::tr("This is a rehearsal"), parent};
    note->setObjectName(QStringLiteral("station.rehearsal"));
    setKind(note, "notice");
    note->content()->addWidget(makeText(
        StationPage::tr("It has a station of its own: a software token and a KMS simulator, made for it on this machine. Your "
                        "profiles are left alone, and come back when the rehearsal ends."),
        note));
    return note;
}

}  // namespace

StationPage::StationPage(Desk& desk, QWidget* parent)
    : Page{desk, tr("Station"), tr("This machine, this token, this account: what jobs work on."), parent},
      m_form{new StationForm{desk, parts()}},
      m_profiles{new ProfilesCard{desk, *m_form, parts()}},
      m_check{new CheckCard{desk, [this] { return m_form->profile(); }, parts()}},
      m_rehearsalNote{makeRehearsalNote(parts())} {
    content()->addWidget(m_rehearsalNote);
    content()->addWidget(m_profiles);
    content()->addWidget(m_form);
    content()->addWidget(m_check);
    connect(m_form, &StationForm::revealWanted, this, [this](QWidget* part) { reveal(part); });
    connect(m_form, &StationForm::changed, m_check, &CheckCard::forget);
    connect(m_check, &CheckCard::runningChanged, this, &Page::busyChanged);
    connect(m_profiles, &ProfilesCard::revealWanted, this, [this](QWidget* part) { reveal(part); });
    connect(m_check, &CheckCard::revealWanted, this, [this](QWidget* part) { reveal(part); });
    connect(&desk, &Desk::rehearsalChanged, this, &StationPage::showMode);
    showMode();
}

bool StationPage::busy() const {
    return m_check->running();
}

QString StationPage::unsaved() const {
    // What the command line laid over the profile is no change of anybody's: jobs use it, and nobody wants it kept.
    const bool changed = desk().mode() == app::Mode::Production && m_form->profile() != desk().profile();
    return changed ? tr("The changes on this page are not saved, and jobs do not use them yet.") : QString{};
}

void StationPage::cancel() {
    m_check->cancel();
}

void StationPage::showMode() {
    const bool rehearsal = desk().mode() == app::Mode::Rehearsal;
    m_rehearsalNote->setVisible(rehearsal);
    m_profiles->setVisible(!rehearsal);
    m_form->setVisible(!rehearsal);
    m_check->setEnabled(desk().rehearsalState() != Desk::RehearsalState::Starting);
    m_check->clear();
}

}  // namespace keyconvoy::ui
