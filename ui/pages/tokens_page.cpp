#include "ui/pages/tokens_page.h"

#include "ui/desk.h"
#include "ui/jobs/task.h"
#include "ui/look/spacing.h"
#include "ui/pages/tokens/keys_section.h"
#include "ui/pages/tokens/overview_section.h"
#include "ui/pages/tokens/qualification_section.h"
#include "ui/pages/tokens/token_list.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/form.h"
#include "ui/widgets/parts.h"

#include <QComboBox>
#include <QSignalBlocker>
#include <QTabBar>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

enum Section { Overview, Keys, Qualification };

}  // namespace

TokensPage::TokensPage(Desk& desk, QWidget* parent)
    : Page{desk, tr("Tokens"), tr("What tokens there are, what they hold, and what they can really wrap."), parent},
      m_rehearsalTokens{makeChoice("tokens.rehearsal", parts())},
      m_rehearsal{makeRehearsalChoice()},
      m_list{new TokenList{desk, parts()}},
      m_uninitialised{new Card{tr("This token is not initialised"), parts()}},
      m_failure{new FailurePanel{parts()}},
      m_tabs{new QTabBar{parts()}},
      m_overview{new OverviewSection{parts()}},
      m_keys{new KeysSection{desk, parts()}},
      m_qualification{new QualificationSection{desk, parts()}} {
    addParts();
    connect(m_list, &TokenList::chosen, this, &TokensPage::choose);
    connect(m_list, &TokenList::noneChosen, this, &TokensPage::chooseNone);
    connect(m_list, &TokenList::stationWanted, this, [this] { Q_EMIT pageWanted(PageId::Station); });
    connect(m_tabs, &QTabBar::currentChanged, this, &TokensPage::showSection);
    connect(m_keys, &KeysSection::importWanted, this, [this] { Q_EMIT pageWanted(PageId::Import); });
    connect(m_keys, &KeysSection::shown, this, [this](QWidget* part) { reveal(part); });
    connect(m_qualification, &QualificationSection::shown, this, [this](QWidget* part) { reveal(part); });
    connect(m_qualification, &QualificationSection::keptResultsWanted, this, &TokensPage::survey);
    const auto tellBusy = [this] {
        m_list->setEnabled(!busy());
        m_rehearsal->setEnabled(!busy());
        m_tabs->setEnabled(!busy());
        Q_EMIT busyChanged(busy());
    };
    connect(m_keys, &KeysSection::runningChanged, this, tellBusy);
    connect(m_qualification, &QualificationSection::runningChanged, this, tellBusy);
    connect(&desk, &Desk::profileChanged, this, &TokensPage::stationChanged);
    connect(&desk, &Desk::rehearsalChanged, this, [this] {
        showRehearsal();
        stationChanged();
    });
    showRehearsal();
    chooseNone();
}

void TokensPage::addParts() {
    m_uninitialised->setObjectName(QStringLiteral("tokens.uninitialised"));
    setKind(m_uninitialised, "notice");
    m_uninitialised->content()->addWidget(
        makeText(tr("It holds nothing and can hold nothing yet. Initialise it and set its PIN with the vendor's tool, then press "
                    "Refresh."),
                 m_uninitialised));
    m_tabs->setObjectName(QStringLiteral("tokens.sections"));
    m_tabs->setAccessibleName(tr("About the chosen token"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->addTab(tr("About it"));
    m_tabs->addTab(tr("Keys"));
    m_tabs->addTab(tr("What it can wrap"));
    for (QWidget* part : {m_rehearsal, static_cast<QWidget*>(m_list), static_cast<QWidget*>(m_uninitialised),
                          static_cast<QWidget*>(m_failure), static_cast<QWidget*>(m_tabs), static_cast<QWidget*>(m_overview),
                          static_cast<QWidget*>(m_keys), static_cast<QWidget*>(m_qualification)}) {
        content()->addWidget(part);
    }
}

QWidget* TokensPage::makeRehearsalChoice() {
    auto* box = new QWidget{parts()};
    auto* row = new QHBoxLayout{box};
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(spacing::small);
    auto* name = new QLabel{tr("Token of this re&hearsal"), box};
    name->setBuddy(m_rehearsalTokens);
    m_rehearsalTokens->setAccessibleName(tr("Token of this rehearsal"));
    row->addWidget(name);
    row->addWidget(m_rehearsalTokens);
    row->addStretch(1);
    connect(m_rehearsalTokens, &QComboBox::activated, this, [this](int index) { desk().chooseRehearsalToken(index); });
    return box;
}

void TokensPage::showRehearsal() {
    const QSignalBlocker quiet{m_rehearsalTokens};
    m_rehearsalTokens->clear();
    for (const RehearsalToken& token : desk().rehearsalTokens()) {
        m_rehearsalTokens->addItem(token.name);
    }
    m_rehearsalTokens->setCurrentIndex(desk().chosenRehearsalToken());
    m_rehearsal->setVisible(desk().rehearsalState() == Desk::RehearsalState::Open);
}

bool TokensPage::busy() const {
    return m_keys->running() || m_qualification->running();
}

void TokensPage::cancel() {
    m_keys->cancel();
    m_qualification->cancel();
}

void TokensPage::enter() {
    if (m_stale && !busy()) {
        m_stale = false;
        m_list->refresh();
    }
}

void TokensPage::stationChanged() {
    m_stale = true;
    if (isVisible() && desk().rehearsalState() != Desk::RehearsalState::Starting) {
        enter();
    }
}

void TokensPage::choose(const pkcs11::TokenDescription& token) {
    chooseNone();
    m_overview->show(token);
    m_uninitialised->setVisible(!token.initialised);
    m_tabs->setVisible(token.initialised);
    showSection(token.initialised ? m_tabs->currentIndex() : Overview);
    if (token.initialised) {
        m_token = {desk().mode() == app::Mode::Rehearsal ? desk().tokenStation().module : desk().profile().moduleProfile(),
                   pkcs11::TokenSelector::parse(token.uri)};
        m_keys->setToken(m_token);
        m_qualification->setToken(m_token);
        survey();
    }
}

void TokensPage::chooseNone() {
    ++m_surveys;
    m_failure->clear();
    for (QWidget* part :
         {static_cast<QWidget*>(m_uninitialised), static_cast<QWidget*>(m_tabs), static_cast<QWidget*>(m_overview),
          static_cast<QWidget*>(m_keys), static_cast<QWidget*>(m_qualification)}) {
        part->hide();
    }
}

/// Mechanisms and kept results, which need the token open but no login.
void TokensPage::survey() {
    const int question = ++m_surveys;
    runTask<app::TokenSurvey>(
        desk().worker(), this,
        [token = m_token, folder = desk().qualificationFolder()] { return app::surveyToken(token, folder); },
        [this, question](app::TokenSurvey survey) {
            if (question == m_surveys) {
                m_overview->show(survey.details.mechanisms);
                m_qualification->show(std::move(survey.qualifications));
            }
        },
        [this, question](const Failure& failure) {
            if (question == m_surveys) {
                m_failure->show(failure);
            }
        });
}

void TokensPage::showSection(int section) {
    m_overview->setVisible(section == Overview);
    m_keys->setVisible(section == Keys);
    m_qualification->setVisible(section == Qualification);
}

}  // namespace keyconvoy::ui
