#pragma once

#include "ui/pages/import/import_part.h"

class QButtonGroup;
class QComboBox;
class QLabel;
class QLineEdit;
class QRadioButton;

namespace keyconvoy::ui {

class Desk;
class KeyPicker;
class TokenPart;

/// Which key: what KMS calls it, whether it is generated or on the token already, and on which token.
class KeyPart final : public ImportPart {
    Q_OBJECT

public:
    KeyPart(Desk& desk, QWidget* parent);

    void enter(const ImportDraft& soFar) override;
    void contribute(ImportDraft& draft) const override;
    void goToMissing() override;
    [[nodiscard]] bool busy() const override;
    void cancel() override;

    /// This key was generated for the purpose, so that the next run takes it.
    void takeUp(const std::string& uri);
    /// For another key: its name is not the last one's.
    void startAnother();

Q_SIGNALS:
    void stationWanted();

private:
    [[nodiscard]] QWidget* makeKeyCard();
    [[nodiscard]] QWidget* makeTokenCard();
    [[nodiscard]] wrapping::KeySpec keySpec() const;
    void showSpec();
    void pick(const pkcs11::KeyDescription& key);

    Desk& m_desk;
    QComboBox* m_spec;
    QLabel* m_strength;
    QWidget* m_usageField;
    QComboBox* m_usage;
    QRadioButton* m_generate;
    QLineEdit* m_label;
    QRadioButton* m_existing;
    QLineEdit* m_key;
    KeyPicker* m_picker;
    TokenPart* m_token;
};

}  // namespace keyconvoy::ui
