#include "ui/models/mechanisms_model.h"

#include "ui/language/text.h"

#include <array>
#include <QCoreApplication>
#include <QStringList>
#include <utility>

namespace keyconvoy::ui {

namespace {

/// Bits or octets, as the mechanism counts them; many tokens give zero where there is no size.
QString sizes(const pkcs11::Mechanism& mechanism) {
    if (mechanism.maxKeySize == 0) {
        return MechanismsModel::tr("none named");
    }
    return mechanism.minKeySize == mechanism.maxKeySize
               ? QString::number(mechanism.maxKeySize)
               : MechanismsModel::tr("%1 to %2").arg(mechanism.minKeySize).arg(mechanism.maxKeySize);
}

/// What pkcs11::Mechanism calls them.
[[maybe_unused]] constexpr std::array abilityNames{
    QT_TRANSLATE_NOOP("Abilities", "hardware"),
    QT_TRANSLATE_NOOP("Abilities", "digest"),
    QT_TRANSLATE_NOOP("Abilities", "encrypt"),
    QT_TRANSLATE_NOOP("Abilities", "decrypt"),
    QT_TRANSLATE_NOOP("Abilities", "wrap"),
    QT_TRANSLATE_NOOP("Abilities", "unwrap"),
    QT_TRANSLATE_NOOP("Abilities", "sign"),
    QT_TRANSLATE_NOOP("Abilities", "verify"),
    QT_TRANSLATE_NOOP("Abilities", "derive"),
    QT_TRANSLATE_NOOP("Abilities", "generate"),
    QT_TRANSLATE_NOOP("Abilities", "generate key pair"),
};

QString abilities(const pkcs11::Mechanism& mechanism) {
    QStringList names;
    for (const std::string& ability : mechanism.abilities) {
        names << QCoreApplication::translate("Abilities", ability.c_str());
    }
    return names.join(QStringLiteral(", "));
}

}  // namespace

void MechanismsModel::show(std::vector<pkcs11::Mechanism> mechanisms) {
    beginResetModel();
    m_mechanisms = std::move(mechanisms);
    endResetModel();
}

int MechanismsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_mechanisms.size());
}

int MechanismsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant MechanismsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    const pkcs11::Mechanism& mechanism = m_mechanisms.at(static_cast<std::size_t>(index.row()));
    switch (static_cast<Column>(index.column())) {
        case Name: return toQString(mechanism.name);
        case Sizes: return sizes(mechanism);
        case Abilities: return abilities(mechanism);
        case ColumnCount: break;
    }
    return {};
}

QVariant MechanismsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    const std::array<QString, ColumnCount> names{tr("Mechanism"), tr("Key sizes"), tr("Said to be able to")};
    return names.at(static_cast<std::size_t>(section));
}

}  // namespace keyconvoy::ui
