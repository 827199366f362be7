#pragma once

#include "wrapping/qualification/qualification.h"

#include <optional>
#include <QAbstractTableModel>
#include <vector>

namespace keyconvoy::ui {

/// What a token can wrap: key specs by wrapping algorithms, for one size of the wrapping key. A cell says yes, no, not tried, or
/// that KMS does not take it.
class QualificationModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    using Result = wrapping::qualification::Result;
    using Combination = wrapping::qualification::Combination;
    enum class State { NotTaken, NotTried, Yes, No };

    explicit QualificationModel(QObject* parent = nullptr);

    void setWrappingKeySpec(wrapping::WrappingKeySpec keySpec);
    [[nodiscard]] wrapping::WrappingKeySpec wrappingKeySpec() const { return m_wrappingKeySpec; }
    /// Forgets the others.
    void show(std::vector<Result> results);
    /// Takes the place of an older result of the same combination.
    void add(const std::vector<Result>& results);

    [[nodiscard]] Combination combination(const QModelIndex& index) const;
    [[nodiscard]] const Result* result(const QModelIndex& index) const;
    [[nodiscard]] State state(const QModelIndex& index) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void tellAllChanged();

    wrapping::WrappingKeySpec m_wrappingKeySpec = wrapping::WrappingKeySpec::Rsa4096;
    std::vector<Result> m_results;
};

}  // namespace keyconvoy::ui
