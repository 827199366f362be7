#pragma once

#include "pkcs11/token.h"

#include <QAbstractTableModel>
#include <vector>

namespace keyconvoy::ui {

/// The mechanisms as the token lists them.
class MechanismsModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Sizes, Abilities, ColumnCount };

    explicit MechanismsModel(QObject* parent = nullptr) : QAbstractTableModel{parent} {}

    void show(std::vector<pkcs11::Mechanism> mechanisms);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<pkcs11::Mechanism> m_mechanisms;
};

}  // namespace keyconvoy::ui
