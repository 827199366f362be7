#include "ui/widgets/mode_banner.h"

#include "pkcs11/token.h"
#include "ui/desk.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/flowing_label.h"
#include "ui/widgets/parts.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QStyle>

namespace keyconvoy::ui {

namespace {

/// A station may name its token by a URI; people know its label.
QString labelOf(const QString& token) {
    try {
        const auto label = pkcs11::TokenSelector::parse(toUtf8(token)).label;
        return label ? toQString(*label) : token;
    } catch (const Error&) {
        return ModeBanner::tr("as named on the page Station, which cannot be taken");  // not as typed: it may hold a PIN
    }
}

QString kindOf(const Desk& desk) {
    switch (desk.tokenKind()) {
        case Desk::TokenKind::Unknown: return ModeBanner::tr("kind of token not seen yet");
        case Desk::TokenKind::Software: return ModeBanner::tr("software token");
        case Desk::TokenKind::NotKnownToBeSoftware: return ModeBanner::tr("not known to be software");
    }
    return {};
}

QString stationInWords(const Desk& desk) {
    switch (desk.rehearsalState()) {
        case Desk::RehearsalState::Starting: return ModeBanner::tr("Making tokens and starting the simulator …");
        case Desk::RehearsalState::Broken:
            return ModeBanner::tr("The simulated KMS has ended by itself. End this rehearsal, then begin another.");
        case Desk::RehearsalState::Open:
            return ModeBanner::tr(
                       "Software token %1, simulated KMS. Nothing here reaches AWS; everything is thrown away at the end.")
                .arg(desk.rehearsalTokens().at(static_cast<std::size_t>(desk.chosenRehearsalToken())).name);
        case Desk::RehearsalState::None: break;
    }
    const StationProfile& profile = desk.profile();
    if (!profile.namesToken()) {
        return ModeBanner::tr("No token is chosen yet: open the page Station.");
    }
    const QString region = profile.region.isEmpty() ? ModeBanner::tr("Region from the AWS configuration") : profile.region;
    return ModeBanner::tr("Token %1  ·  %2  ·  %3").arg(labelOf(profile.token), kindOf(desk), region);
}

}  // namespace

ModeBanner::ModeBanner(Desk& desk, QWidget* parent)
    : QFrame{parent},
      m_desk{desk},
      m_mode{makeHeading({}, this)},
      m_station{makeFlowingText({}, this)},
      m_end{makeButton(tr("End the rehearsal"), this)} {
    setObjectName(QStringLiteral("mode-banner"));
    m_mode->setObjectName(QStringLiteral("mode-banner.mode"));
    m_mode->setWordWrap(false);
    m_station->setObjectName(QStringLiteral("mode-banner.station"));
    m_end->setObjectName(QStringLiteral("mode-banner.end"));
    auto* row = new QHBoxLayout{this};
    row->setContentsMargins(spacing::wide, spacing::small, spacing::wide, spacing::small);
    row->setSpacing(spacing::wide);
    row->addWidget(m_mode);
    row->addWidget(m_station, 1);
    row->addWidget(m_end);
    connect(m_end, &QPushButton::clicked, this, &ModeBanner::endWanted);
    connect(&desk, &Desk::rehearsalChanged, this, &ModeBanner::showMode);
    connect(&desk, &Desk::busyChanged, this, [this](bool busy) { m_end->setEnabled(!busy); });
    connect(&desk, &Desk::profileChanged, this, &ModeBanner::showMode);
    connect(&desk, &Desk::tokenSeen, this, &ModeBanner::showMode);
    showMode();
}

void ModeBanner::showMode() {
    const bool rehearsal = m_desk.mode() == app::Mode::Rehearsal;
    setKind(this, rehearsal ? "banner-rehearsal" : "banner-production");
    m_mode->setText(rehearsal ? tr("REHEARSAL") : tr("PRODUCTION"));
    m_station->show(stationInWords(m_desk));
    m_end->setVisible(m_desk.rehearsalState() == Desk::RehearsalState::Open ||
                      m_desk.rehearsalState() == Desk::RehearsalState::Broken);
    setAccessibleName(m_mode->text() + QStringLiteral(". ") + m_station->accessibleName());
    style()->unpolish(this);
    style()->polish(this);
    for (QLabel* label : {m_mode, static_cast<QLabel*>(m_station)}) {
        style()->unpolish(label);
        style()->polish(label);
    }
}

}  // namespace keyconvoy::ui
