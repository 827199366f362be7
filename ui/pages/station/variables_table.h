#pragma once

#include <QStringList>
#include <QWidget>

class QPushButton;
class QTableWidget;

namespace keyconvoy::ui {

/// The variables that a module reads, NAME and VALUE, one a row.
class VariablesTable final : public QWidget {
    Q_OBJECT

public:
    explicit VariablesTable(QWidget* parent = nullptr);

    void show(const QStringList& assignments);
    /// NAME=VALUE; rows that are empty are left out.
    [[nodiscard]] QStringList assignments() const;

Q_SIGNALS:
    void changed();

private:
    void addRow(const QString& name, const QString& value);
    void removeRow();
    void fit();

    QTableWidget* m_table;
    QPushButton* m_add;
    QPushButton* m_remove;
};

}  // namespace keyconvoy::ui
