#include "ui/widgets/details_view.h"

#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/flowing_label.h"
#include "ui/widgets/parts.h"

#include <QGridLayout>
#include <QPushButton>

namespace keyconvoy::ui {

namespace {

constexpr int nameColumn = 0;
constexpr int valueColumn = 1;
constexpr int buttonColumn = 2;
constexpr int nameWidth = 180;

bool isForComparing(app::DetailKind kind) {
    return kind == app::DetailKind::Identifier || kind == app::DetailKind::Fingerprint;
}

}  // namespace

DetailsView::DetailsView(QWidget* parent) : QWidget{parent}, m_grid{new QGridLayout{this}} {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(spacing::wide);
    m_grid->setVerticalSpacing(spacing::small);
    m_grid->setColumnMinimumWidth(nameColumn, nameWidth);
    m_grid->setColumnStretch(valueColumn, 1);
}

void DetailsView::show(const app::Details& details) {
    clear();
    for (const app::Detail& detail : details) {
        addRow(detail);
    }
}

void DetailsView::setNameWidth(int width) {
    m_grid->setColumnMinimumWidth(nameColumn, width);
}

void DetailsView::clear() {
    removeWidgets(m_grid);
    m_lines.clear();
}

QString DetailsView::text() const {
    return m_lines.join(QLatin1Char{'\n'});
}

void DetailsView::addRow(const app::Detail& detail) {
    const int row = static_cast<int>(m_lines.size());
    const QString name = translatedSentence(detail.name);
    QString value = translated(detail.value);
    QLabel* valueLabel = isForComparing(detail.kind) ? makeCode(value, this) : makeFlowingText(value, this);
    valueLabel->setAccessibleName(name + QStringLiteral(": ") + value);
    valueLabel->setObjectName(QStringLiteral("detail.") + QString::fromUtf8(detail.name.english));
    m_grid->addWidget(makeCaption(name, this), row, nameColumn, Qt::AlignTop);
    m_grid->addWidget(valueLabel, row, valueColumn, Qt::AlignTop);
    if (isForComparing(detail.kind)) {
        QPushButton* copy = makeCopyButton(
            name, [value] { return value; }, this);
        setKind(copy, "inline");  // no taller than the row
        m_grid->addWidget(copy, row, buttonColumn, Qt::AlignTop);
    }
    m_lines << name + QStringLiteral(": ") + value;
}

}  // namespace keyconvoy::ui
