#include "ui/models/qualification_model.h"

#include "ui/language/text.h"
#include "ui/look/icons.h"
#include "ui/look/theme.h"

#include <algorithm>
#include <utility>

namespace keyconvoy::ui {

namespace {

using State = QualificationModel::State;

QString inWords(State state) {
    switch (state) {
        case State::NotTaken: return QualificationModel::tr("not taken by KMS");
        case State::NotTried: return QualificationModel::tr("not tried");
        case State::Yes: return QualificationModel::tr("yes");
        case State::No: return QualificationModel::tr("no");
    }
    return {};
}

QColor colourOf(State state) {
    const Colours& colours = Theme::current().colours();
    switch (state) {
        case State::NotTaken: return colours.mutedText;
        case State::NotTried: return colours.text;
        case State::Yes: return colours.good;
        case State::No: return colours.problem;
    }
    return colours.text;
}

QIcon iconOf(State state) {
    switch (state) {
        case State::NotTaken: return {};
        case State::NotTried: return icon(QStringLiteral("question"), Theme::current().colours().mutedText);
        case State::Yes: return icon(QStringLiteral("done"), colourOf(state));
        case State::No: return icon(QStringLiteral("failed"), colourOf(state));
    }
    return {};
}

/// In two lines, where the hash begins: the columns stay narrow.
QString inTwoLines(QString algorithm) {
    return algorithm.replace(QStringLiteral("_SHA"), QStringLiteral("\nSHA"));
}

}  // namespace

QualificationModel::QualificationModel(QObject* parent) : QAbstractTableModel{parent} {
    connect(&Theme::current(), &Theme::changed, this, &QualificationModel::tellAllChanged);
}

void QualificationModel::setWrappingKeySpec(wrapping::WrappingKeySpec keySpec) {
    m_wrappingKeySpec = keySpec;
    tellAllChanged();
}

void QualificationModel::show(std::vector<Result> results) {
    m_results = std::move(results);
    tellAllChanged();
}

void QualificationModel::add(const std::vector<Result>& results) {
    for (const Result& result : results) {
        std::erase_if(m_results, [&](const Result& other) { return other.combination == result.combination; });
        m_results.push_back(result);
    }
    tellAllChanged();
}

QualificationModel::Combination QualificationModel::combination(const QModelIndex& index) const {
    return {wrapping::keySpecNames.at(static_cast<std::size_t>(index.row())).value,
            {wrapping::wrappingAlgorithmNames.at(static_cast<std::size_t>(index.column())).value, m_wrappingKeySpec}};
}

const QualificationModel::Result* QualificationModel::result(const QModelIndex& index) const {
    const auto found = std::ranges::find(m_results, combination(index), &Result::combination);
    return found == m_results.end() ? nullptr : &*found;
}

State QualificationModel::state(const QModelIndex& index) const {
    const Combination asked = combination(index);
    if (!wrapping::accepts(asked.keySpec, asked.choice)) {
        return State::NotTaken;
    }
    const Result* known = result(index);
    return known == nullptr ? State::NotTried : known->chosen ? State::Yes : State::No;
}

int QualificationModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(wrapping::keySpecNames.size());
}

int QualificationModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(wrapping::wrappingAlgorithmNames.size());
}

QVariant QualificationModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    switch (role) {
        case Qt::DisplayRole: return inWords(state(index));
        case Qt::DecorationRole: return iconOf(state(index));
        case Qt::ForegroundRole: return colourOf(state(index));
        case Qt::AccessibleTextRole:
            return tr("%1 by %2: %3")
                .arg(headerData(index.row(), Qt::Vertical, Qt::DisplayRole).toString(),
                     headerData(index.column(), Qt::Horizontal, Qt::ToolTipRole).toString(), inWords(state(index)));
        default: return {};
    }
}

QVariant QualificationModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const auto at = static_cast<std::size_t>(section);
    if (orientation == Qt::Vertical) {
        return role == Qt::DisplayRole ? toQString(wrapping::keySpecNames.at(at).name) : QVariant{};
    }
    const QString algorithm = toQString(wrapping::wrappingAlgorithmNames.at(at).name);
    switch (role) {
        case Qt::DisplayRole: return inTwoLines(algorithm);
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole: return algorithm;
        default: return {};
    }
}

void QualificationModel::tellAllChanged() {
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

}  // namespace keyconvoy::ui
