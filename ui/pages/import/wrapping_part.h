#pragma once

#include "ui/pages/import/import_part.h"

#include <vector>

class QComboBox;
class QFrame;
class QLabel;
class QLineEdit;
class QRadioButton;
class QVBoxLayout;

namespace keyconvoy::ui {

class Desk;

/// How the key is wrapped: the strongest way this token qualifies for, or one that is named; what KMS does not take is greyed,
/// with the rule beside it.
class WrappingPart final : public ImportPart {
    Q_OBJECT

public:
    WrappingPart(Desk& desk, QWidget* parent);

    void enter(const ImportDraft& soFar) override;
    void contribute(ImportDraft& draft) const override;
    /// SHA-1 is allowed for one import only.
    void startAnother();

private:
    struct NamedChoice {
        wrapping::WrappingAlgorithm algorithm;
        QRadioButton* radio;
        QLabel* note;
    };

    [[nodiscard]] QWidget* makeAlgorithmCard();
    [[nodiscard]] QWidget* makeStrengthCard();
    [[nodiscard]] QWidget* makeSha1Card();
    [[nodiscard]] QWidget* makeCheckCard();
    void addNamed(wrapping::WrappingAlgorithm algorithm, QVBoxLayout* column);
    void showRules();
    [[nodiscard]] wrapping::WrappingKeySpec wrappingKeySpec() const;

    Desk& m_desk;
    QRadioButton* m_strongest;
    std::vector<NamedChoice> m_named;
    QComboBox* m_keySpec;
    QLabel* m_strength;
    QLabel* m_sha1Hint;
    QLineEdit* m_sha1Reason;
    QComboBox* m_check;
    wrapping::KeySpec m_for = wrapping::KeySpec::SymmetricDefault;
};

}  // namespace keyconvoy::ui
