#include "ui/models/keys_model.h"

#include "app/station/to_json.h"
#include "core/hex.h"
#include "pkcs11/in_words.h"
#include "ui/language/text.h"
#include "wrapping/key_spec.h"

#include <array>
#include <utility>

namespace keyconvoy::ui {

namespace {

QString fits(const pkcs11::KeyDescription& key) {
    const auto spec =
        key.type && key.objectClass != pkcs11::ObjectClass::PublicKey ? wrapping::keySpecFor(*key.type) : std::nullopt;
    return spec ? toQString(nameOf(wrapping::keySpecNames, *spec)) : KeysModel::tr("none");
}

/// In few words: the columns are narrow.
QString inShort(const std::optional<bool>& attribute) {
    return attribute ? translated(app::inWords(attribute)) : KeysModel::tr("not said");
}

QString text(const pkcs11::KeyDescription& key, int column) {
    switch (static_cast<KeysModel::Column>(column)) {
        case KeysModel::Label: return key.label.empty() ? KeysModel::tr("(no label)") : toQString(key.label);
        case KeysModel::Key:
            return translated(pkcs11::typeInWords(key.typeName)) + QStringLiteral(", ") +
                   translated(app::inWords(key.objectClass));
        case KeysModel::Fits: return fits(key);
        case KeysModel::Local: return inShort(key.local);
        case KeysModel::Sensitive: return inShort(key.sensitive);
        case KeysModel::Extractable: return inShort(key.extractable);
        case KeysModel::Id: return toQString(toHex(key.id));
        case KeysModel::ColumnCount: break;
    }
    return {};
}

}  // namespace

void KeysModel::show(std::vector<pkcs11::KeyDescription> keys) {
    beginResetModel();
    m_keys = std::move(keys);
    endResetModel();
}

int KeysModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_keys.size());
}

int KeysModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant KeysModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    return text(key(index.row()), index.column());
}

QVariant KeysModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    const std::array<QString, ColumnCount> names{
        tr("Label"), tr("Key"), tr("As a KMS key"), tr("Local, it says"), tr("Sensitive"), tr("May be wrapped"), tr("ID")};
    return names.at(static_cast<std::size_t>(section));
}

}  // namespace keyconvoy::ui
