#pragma once

class QAbstractItemModel;
class QTableView;
class QWidget;

namespace keyconvoy::ui {

/// A table of our own look over a model: Tab leaves it, arrows move in it, and it never scrolls sideways unless it must.
[[nodiscard]] QTableView* makeTable(QAbstractItemModel* model, const char* objectName, QWidget* parent);
/// The same look for a table that is there already.
void layOut(QTableView* table);
/// All columns share the width; where that is too little for one, the table scrolls sideways.
void stretchColumns(QTableView* table);
/// Each column as wide as what is in it now, up to a limit.
void fitColumns(QTableView* table);
/// As high as its rows, at most `rows` of them; the rest scrolls.
void fitHeight(QTableView* table, int rows);

}  // namespace keyconvoy::ui
