#include "ui/pages/station/variables_table.h"

#include "ui/look/spacing.h"
#include "ui/widgets/parts.h"
#include "ui/widgets/table.h"

#include <QPushButton>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int rowsSeen = 4;
constexpr int nameColumnWidth = 220;

}  // namespace

VariablesTable::VariablesTable(QWidget* parent)
    : QWidget{parent},
      m_table{new QTableWidget{0, 2, this}},
      m_add{makeButton(tr("Add a variable"), this)},
      m_remove{makeButton(tr("Remove it"), this)} {
    m_table->setObjectName(QStringLiteral("station.environment.table"));
    m_table->setAccessibleName(tr("Environment variables"));
    m_table->setHorizontalHeaderLabels({tr("Name"), tr("Value")});
    m_table->setColumnWidth(0, nameColumnWidth);
    layOut(m_table);
    m_table->setSelectionBehavior(QAbstractItemView::SelectItems);
    m_table->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::SelectedClicked |
                             QAbstractItemView::EditKeyPressed | QAbstractItemView::AnyKeyPressed);
    m_add->setObjectName(QStringLiteral("station.environment.add"));
    m_remove->setObjectName(QStringLiteral("station.environment.remove"));
    auto* layout = new QVBoxLayout{this};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::small);
    layout->addWidget(m_table);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(spacing::small);
    buttons->addWidget(m_add);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    layout->addLayout(buttons);
    setFocusProxy(m_add);

    connect(m_table, &QTableWidget::cellChanged, this, &VariablesTable::changed);
    connect(m_add, &QPushButton::clicked, this, [this] {
        addRow({}, {});
        m_table->setCurrentCell(m_table->rowCount() - 1, 0);
        m_table->editItem(m_table->currentItem());
    });
    connect(m_remove, &QPushButton::clicked, this, &VariablesTable::removeRow);
    fit();
}

void VariablesTable::show(const QStringList& assignments) {
    const QSignalBlocker quiet{this};
    m_table->setRowCount(0);
    for (const QString& assignment : assignments) {
        const qsizetype equals = assignment.indexOf(QLatin1Char{'='});
        addRow(assignment.left(equals), equals < 0 ? QString{} : assignment.mid(equals + 1));
    }
    fit();
}

QStringList VariablesTable::assignments() const {
    QStringList assignments;
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const QString name = m_table->item(row, 0)->text().trimmed();
        const QString value = m_table->item(row, 1)->text();
        if (!name.isEmpty() || !value.isEmpty()) {
            assignments << name + QLatin1Char{'='} + value;
        }
    }
    return assignments;
}

void VariablesTable::addRow(const QString& name, const QString& value) {
    const int row = m_table->rowCount();
    {
        const QSignalBlocker quiet{m_table};
        m_table->insertRow(row);
        m_table->setItem(row, 0, new QTableWidgetItem{name});
        m_table->setItem(row, 1, new QTableWidgetItem{value});
    }
    fit();
    Q_EMIT changed();
}

void VariablesTable::removeRow() {
    const int row = m_table->currentRow() >= 0 ? m_table->currentRow() : m_table->rowCount() - 1;
    m_table->removeRow(row);
    fit();
    (m_table->rowCount() > 0 ? m_remove : m_add)->setFocus(Qt::OtherFocusReason);
    Q_EMIT changed();
}

/// As high as its rows, up to a few; gone while there is none.
void VariablesTable::fit() {
    const bool any = m_table->rowCount() > 0;
    m_table->setVisible(any);
    m_remove->setVisible(any);
    fitHeight(m_table, rowsSeen);
}

}  // namespace keyconvoy::ui
