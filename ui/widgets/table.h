#pragma once

class QAbstractItemModel;
class QTableView;
class QWidget;

namespace keyconvoy::ui {

/// A table of our own look over a model: Tab leaves it, arrows move in it, and it never scrolls sideways unless it must.
[[nodiscard]] QTableView* makeTable(QAbstractItemModel* model, const char* objectName, QWidget* parent);
/// As high as its rows, at most `rows` of them; the rest scrolls.
void fitHeight(QTableView* table, int rows);

}  // namespace keyconvoy::ui
