#include "ui/pages/tokens/overview_section.h"

#include "app/station/doctor_checks.h"
#include "app/station/to_json.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/models/mechanisms_model.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/findings_view.h"
#include "ui/widgets/parts.h"
#include "ui/widgets/table.h"

#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int mechanismsSeen = 10;

}  // namespace

OverviewSection::OverviewSection(QWidget* parent)
    : QWidget{parent},
      m_details{new DetailsView{this}},
      m_flags{makeCaption({}, this)},
      m_listed{new Card{tr("Mechanisms that it lists"), this}},
      m_findings{new FindingsView{m_listed}},
      m_all{makeButton(tr("Show all mechanisms"), m_listed)},
      m_model{new MechanismsModel{this}},
      m_table{makeTable(m_model, "tokens.mechanisms", m_listed)} {
    m_flags->setObjectName(QStringLiteral("tokens.flags"));
    m_all->setObjectName(QStringLiteral("tokens.mechanisms.all"));
    m_table->setAccessibleName(tr("Mechanisms"));
    auto* layout = new QVBoxLayout{this};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::wide);
    auto* card = new Card{tr("What it says of itself"), this};
    card->content()->addWidget(m_details);
    card->content()->addWidget(m_flags);
    layout->addWidget(card);
    auto* listed = static_cast<Card*>(m_listed)->content();
    listed->addWidget(m_findings);
    listed->addWidget(m_all, 0, Qt::AlignLeft);
    listed->addWidget(m_table);
    layout->addWidget(m_listed);
    m_table->hide();
    connect(m_all, &QPushButton::clicked, this, &OverviewSection::toggleAll);
}

void OverviewSection::show(const pkcs11::TokenDescription& token) {
    m_details->show(app::tokenFacts(token));
    QStringList flags;
    for (const std::string& flag : token.flags) {
        flags << toQString(flag);
    }
    m_flags->setText(tr("Flags as the module gives them: %1").arg(flags.join(QStringLiteral(", "))));
    m_listed->hide();
}

void OverviewSection::show(const std::vector<pkcs11::Mechanism>& mechanisms) {
    m_findings->show(app::findingsOn(mechanisms));
    m_model->show(mechanisms);
    fitColumns(m_table);
    fitHeight(m_table, mechanismsSeen);
    m_listed->show();
}

void OverviewSection::toggleAll() {
    const bool show = m_table->isHidden();
    m_table->setVisible(show);
    m_all->setText(show ? tr("Hide the list") : tr("Show all mechanisms"));
}

}  // namespace keyconvoy::ui
