#include "ui/widgets/findings_view.h"

#include "app/station/to_json.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/parts.h"

#include <algorithm>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

IconLabel* iconFor(FindingLevel level, QWidget* parent) {
    switch (level) {
        case FindingLevel::Note: return new IconLabel{QStringLiteral("note"), IconLabel::Meaning::Plain, 20, parent};
        case FindingLevel::Warning: return new IconLabel{QStringLiteral("warning"), IconLabel::Meaning::Warning, 20, parent};
        case FindingLevel::Problem: return new IconLabel{QStringLiteral("failed"), IconLabel::Meaning::Problem, 20, parent};
    }
    return nullptr;
}

const char* kindFor(FindingLevel level) {
    switch (level) {
        case FindingLevel::Note: return "caption";
        case FindingLevel::Warning: return "warning";
        case FindingLevel::Problem: return "problem";
    }
    return "caption";
}

}  // namespace

FindingsView::FindingsView(QWidget* parent) : QWidget{parent}, m_rows{new QVBoxLayout{this}} {
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(spacing::normal);
}

void FindingsView::show(const Findings& findings) {
    removeWidgets(m_rows);
    Findings sorted = findings;
    std::ranges::stable_sort(sorted, std::ranges::greater{}, &Finding::level);
    for (const Finding& finding : sorted) {
        add(finding);
    }
}

void FindingsView::add(const Finding& finding) {
    auto* row = new QWidget{this};
    row->setObjectName(QStringLiteral("finding"));
    auto* layout = new QHBoxLayout{row};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::normal);
    layout->addWidget(iconFor(finding.level, row), 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(spacing::hair);
    QLabel* level = makeCaption(translatedSentence(app::inWords(finding.level)), row);
    setKind(level, kindFor(finding.level));
    words->addWidget(level);
    words->addWidget(makeText(translatedSentence(finding.what), row));
    if (!finding.remedy.empty()) {
        words->addWidget(makeCaption(tr("What to do: %1").arg(translated(finding.remedy)), row));
    }
    layout->addLayout(words, 1);
    m_rows->addWidget(row);
}

}  // namespace keyconvoy::ui
