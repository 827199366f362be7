#pragma once

#include "ui/pages/import/import_part.h"

#include <memory>

class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;

namespace keyconvoy::ui {

class Desk;
class DetailsView;
class FindingsView;
class FormField;
class JobPanel;

/// Which KMS key takes the material: one that is created in this run, or one that exists, looked at first.
class KmsKeyPart final : public ImportPart {
    Q_OBJECT

public:
    KmsKeyPart(Desk& desk, QWidget* parent);

    void enter(const ImportDraft& soFar) override;
    void contribute(ImportDraft& draft) const override;
    [[nodiscard]] bool busy() const override;
    void cancel() override;

    /// This KMS key was created for the purpose, so that the next run imports into it.
    void takeUp(const std::string& arn);
    /// A KMS key may have been created whose ARN nobody was told: whether it exists is to be found out before another is made.
    void lookFirst();
    void startAnother();

private:
    void layOut();
    void lookAtIt();
    void showSeen();
    void judge();
    [[nodiscard]] const kms::KeyMetadata* seen() const;

    Desk& m_desk;
    QRadioButton* m_create;
    QLineEdit* m_description;
    QRadioButton* m_existing;
    QLineEdit* m_keyId;
    FormField* m_keyIdField = nullptr;
    QPushButton* m_look;
    JobPanel* m_job;
    QLabel* m_lookFirst;
    QLabel* m_verdict;
    DetailsView* m_details;
    FindingsView* m_findings;
    ImportDraft m_soFar;
    std::shared_ptr<std::optional<kms::KeyMetadata>> m_found;  ///< written on the token's thread before the job's end
    std::optional<kms::KeyMetadata> m_seen;
    QString m_seenFor;  ///< what was typed in when it was looked at
};

}  // namespace keyconvoy::ui
