#include "ui/pages/import/token_part.h"

#include "ui/desk.h"
#include "ui/jobs/task.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/form.h"
#include "ui/widgets/parts.h"

#include <QComboBox>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int narrowNames = 100;

}  // namespace

void showTokenKind(QLabel* badge, const pkcs11::TokenDescription& token) {
    badge->setText(token.software ? TokenPart::tr("Software token") : TokenPart::tr("Not known to be software"));
    setKind(badge, token.software ? "badge-warning" : "badge");
}

TokenPart::TokenPart(Desk& desk, QWidget* parent)
    : QWidget{parent},
      m_desk{desk},
      m_choice{new QWidget{this}},
      m_rehearsalTokens{makeChoice("import.rehearsal-token", m_choice)},
      m_kind{makeBadge(this)},
      m_state{makeCaption({}, this)},
      m_details{new DetailsView{this}},
      m_failure{new FailurePanel{this}},
      m_again{makeButton(tr("Look at it again"), this)},
      m_station{makeButton(tr("Open the page Station"), this)} {
    m_kind->setObjectName(QStringLiteral("import.token-kind"));
    m_state->setObjectName(QStringLiteral("import.token-state"));
    m_again->setObjectName(QStringLiteral("import.token-again"));
    m_station->setObjectName(QStringLiteral("import.token-station"));
    m_details->setNameWidth(narrowNames);
    auto* column = new QVBoxLayout{this};
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacing::normal);
    auto* choice = new QVBoxLayout{m_choice};
    choice->setContentsMargins(0, 0, 0, 0);
    addField(choice, tr("To&ken of this rehearsal"), m_rehearsalTokens);
    column->addWidget(m_choice);
    column->addWidget(m_kind, 0, Qt::AlignLeft);
    column->addWidget(m_state);
    column->addWidget(m_details);
    column->addWidget(m_failure);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(spacing::small);
    buttons->addWidget(m_station);
    buttons->addWidget(m_again);
    buttons->addStretch(1);
    column->addLayout(buttons);

    connect(m_again, &QPushButton::clicked, this, [this] {
        forget();
        look();
    });
    connect(m_station, &QPushButton::clicked, this, &TokenPart::stationWanted);
    connect(m_rehearsalTokens, &QComboBox::activated, &desk, &Desk::chooseRehearsalToken);
    const auto stationChanged = [this] {
        showRehearsalTokens();
        forget();
        if (isVisible()) {
            look();
        }
    };
    connect(&desk, &Desk::rehearsalChanged, this, stationChanged);
    connect(&desk, &Desk::profileChanged, this, stationChanged);
    showRehearsalTokens();
    forget();
}

void TokenPart::showRehearsalTokens() {
    m_choice->setVisible(m_desk.rehearsalState() == Desk::RehearsalState::Open);
    m_rehearsalTokens->clear();
    for (const RehearsalToken& token : m_desk.rehearsalTokens()) {
        m_rehearsalTokens->addItem(token.name);
    }
    m_rehearsalTokens->setCurrentIndex(m_desk.chosenRehearsalToken());
}

void TokenPart::forget() {
    m_stale = true;
    m_token.reset();
    ++m_lookNumber;
    m_kind->hide();
    m_details->clear();
    m_details->hide();
    m_failure->clear();
    m_again->hide();
    m_station->hide();
    m_state->setText(tr("It is looked at when this page opens."));
    m_state->show();
}

void TokenPart::look() {
    if (!m_stale || m_desk.rehearsalState() == Desk::RehearsalState::Starting) {
        return;
    }
    m_stale = false;
    if (m_desk.mode() == app::Mode::Production && !m_desk.profile().namesToken()) {
        m_state->setText(
            tr("No token is chosen yet. Name module and token on the page Station; or begin a rehearsal on the page "
               "Start, which brings tokens of its own."));
        m_station->show();
        Q_EMIT looked();
        return;
    }
    const int number = ++m_lookNumber;
    m_state->setText(tr("Looking at the token, without a login …"));
    try {
        runTask<app::TokenDetails>(
            m_desk.worker(), this, [station = m_desk.tokenStation()] { return app::showToken(station); },
            [this, number](const app::TokenDetails& details) {
                if (number == m_lookNumber) {
                    showToken(details.token);
                }
            },
            [this, number](const Failure& failure) {
                if (number == m_lookNumber) {
                    showFailure(failure);
                }
            });
    } catch (const Error& error) {
        showFailure(error.failure());
    }
}

void TokenPart::showToken(const pkcs11::TokenDescription& token) {
    m_token = token;
    m_desk.noteToken(token);
    m_state->hide();
    showTokenKind(m_kind, token);
    m_kind->show();
    m_details->show({{KC_TEXT("TokenPart", "label"), token.label},
                     {KC_TEXT("TokenPart", "serial number"), token.serial.str()},
                     {KC_TEXT("TokenPart", "made by"), token.manufacturer + ", " + token.model}});
    m_details->setVisible(true);
    Q_EMIT looked();
}

void TokenPart::showFailure(const Failure& failure) {
    m_state->hide();
    m_failure->show(failure);
    m_again->show();
    m_station->setVisible(m_desk.mode() == app::Mode::Production);
    Q_EMIT looked();
}

}  // namespace keyconvoy::ui
