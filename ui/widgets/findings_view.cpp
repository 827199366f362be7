#include "ui/widgets/findings_view.h"

#include "app/station/to_json.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/flowing_label.h"
#include "ui/widgets/parts.h"

#include <algorithm>
#include <optional>
#include <QHBoxLayout>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int pictureSize = 16;

IconLabel* iconFor(FindingLevel level, QWidget* parent) {
    switch (level) {
        case FindingLevel::Note: return new IconLabel{QStringLiteral("note"), IconLabel::Meaning::Plain, pictureSize, parent};
        case FindingLevel::Warning:
            return new IconLabel{QStringLiteral("warning"), IconLabel::Meaning::Warning, pictureSize, parent};
        case FindingLevel::Problem:
            return new IconLabel{QStringLiteral("failed"), IconLabel::Meaning::Problem, pictureSize, parent};
    }
    return nullptr;
}

QString headingFor(FindingLevel level) {
    switch (level) {
        case FindingLevel::Note: return FindingsView::tr("Good to know");
        case FindingLevel::Warning: return FindingsView::tr("Warnings");
        case FindingLevel::Problem: return FindingsView::tr("Problems");
    }
    return {};
}

const char* kindFor(FindingLevel level) {
    switch (level) {
        case FindingLevel::Note: return "field";
        case FindingLevel::Warning: return "warning";
        case FindingLevel::Problem: return "problem";
    }
    return "field";
}

}  // namespace

FindingsView::FindingsView(QWidget* parent) : QWidget{parent}, m_rows{new QVBoxLayout{this}} {
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(spacing::small);
}

void FindingsView::show(const Findings& findings) {
    removeWidgets(m_rows);
    Findings sorted = findings;
    std::ranges::stable_sort(sorted, std::ranges::greater{}, &Finding::level);
    std::optional<FindingLevel> level;
    for (const Finding& finding : sorted) {
        if (level != finding.level) {
            level = finding.level;
            QLabel* heading = makeText(headingFor(finding.level), this);
            setKind(heading, kindFor(finding.level));
            m_rows->addWidget(heading);
        }
        add(finding);
    }
}

void FindingsView::add(const Finding& finding) {
    auto* row = new QWidget{this};
    row->setObjectName(QStringLiteral("finding"));
    row->setAccessibleName(translatedSentence(app::inWords(finding.level)));
    auto* layout = new QHBoxLayout{row};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::normal);
    layout->addWidget(iconFor(finding.level, row), 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(spacing::hair);
    words->addWidget(makeFlowingText(translatedSentence(finding.what), row));
    if (!finding.remedy.empty()) {
        words->addWidget(makeCaption(tr("What to do: %1").arg(translated(finding.remedy)), row));
    }
    layout->addLayout(words, 1);
    m_rows->addWidget(row);
}

}  // namespace keyconvoy::ui
