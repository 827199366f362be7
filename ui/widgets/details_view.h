#pragma once

#include "app/ceremony/question.h"

#include <QWidget>

class QGridLayout;

namespace keyconvoy::ui {

/// Named values, one a row: what is compared letter by letter stands in a fixed-width face and can be copied.
class DetailsView final : public QWidget {
    Q_OBJECT

public:
    explicit DetailsView(QWidget* parent = nullptr);

    void show(const app::Details& details);
    void clear();
    /// How much room the names take; less in a narrow card.
    void setNameWidth(int width);
    /// All rows as text, one a line.
    [[nodiscard]] QString text() const;

private:
    void addRow(const app::Detail& detail);

    QGridLayout* m_grid;
    QStringList m_lines;
};

}  // namespace keyconvoy::ui
