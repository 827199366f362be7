#include "ui/widgets/table.h"

#include "ui/look/spacing.h"

#include <algorithm>
#include <QHeaderView>
#include <QTableView>

namespace keyconvoy::ui {

namespace {

constexpr int rowHeight = 34;

}  // namespace

QTableView* makeTable(QAbstractItemModel* model, const char* objectName, QWidget* parent) {
    auto* table = new QTableView{parent};
    table->setObjectName(QString::fromLatin1(objectName));
    table->setModel(model);
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
    return table;
}

void fitHeight(QTableView* table, int rows) {
    const int shown = std::min(rows, table->model()->rowCount());
    table->setFixedHeight(table->horizontalHeader()->sizeHint().height() + shown * rowHeight + 2 * table->frameWidth() +
                          spacing::hair);
}

}  // namespace keyconvoy::ui
