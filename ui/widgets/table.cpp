#include "ui/widgets/table.h"

#include <algorithm>
#include <QHeaderView>
#include <QScrollBar>
#include <QTableView>

namespace keyconvoy::ui {

namespace {

constexpr int rowHeight = 34;

}  // namespace

QTableView* makeTable(QAbstractItemModel* model, const char* objectName, QWidget* parent) {
    auto* table = new QTableView{parent};
    table->setObjectName(QString::fromLatin1(objectName));
    table->setModel(model);
    layOut(table);
    return table;
}

void layOut(QTableView* table) {
    table->setTabKeyNavigation(false);
    table->setAlternatingRowColors(true);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setTextElideMode(Qt::ElideMiddle);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(rowHeight);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table->horizontalHeader()->setStretchLastSection(true);
}

void stretchColumns(QTableView* table) {
    QHeaderView* header = table->horizontalHeader();
    header->setStretchLastSection(false);
    header->setSectionResizeMode(QHeaderView::Stretch);
    table->ensurePolished();
    const QAbstractItemView& view = *table;  // QTableView hides what it makes public
    int widest = 0;
    for (int column = 0; column < table->model()->columnCount(); ++column) {
        widest = std::max({widest, header->sectionSizeHint(column), view.sizeHintForColumn(column)});
    }
    header->setMinimumSectionSize(widest);
}

void fitColumns(QTableView* table) {
    constexpr int widest = 320;  // an ID or a name may be longer; its tool tip has it whole
    table->resizeColumnsToContents();
    for (int column = 0; column < table->model()->columnCount(); ++column) {
        table->setColumnWidth(column, std::min(table->columnWidth(column), widest));
    }
}

void fitHeight(QTableView* table, int rows) {
    const int shown = std::min(rows, table->model()->rowCount());
    const int scrollBar = table->horizontalScrollBar()->sizeHint().height();
    table->setFixedHeight(table->horizontalHeader()->sizeHint().height() + shown * rowHeight + 2 * table->frameWidth() +
                          scrollBar);
}

}  // namespace keyconvoy::ui
