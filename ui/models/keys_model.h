#pragma once

#include "pkcs11/token.h"

#include <QAbstractTableModel>
#include <vector>

namespace keyconvoy::ui {

/// The keys of a token, one a row, with what matters for an import.
class KeysModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    /// Local is what the token says; NSS says no of every key.
    enum Column { Label, Key, Fits, Local, Sensitive, Extractable, Id, ColumnCount };

    explicit KeysModel(QObject* parent = nullptr) : QAbstractTableModel{parent} {}

    void show(std::vector<pkcs11::KeyDescription> keys);
    [[nodiscard]] const pkcs11::KeyDescription& key(int row) const { return m_keys.at(static_cast<std::size_t>(row)); }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<pkcs11::KeyDescription> m_keys;
};

}  // namespace keyconvoy::ui
