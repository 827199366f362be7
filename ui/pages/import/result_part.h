#pragma once

#include "core/strict_json.h"
#include "ui/pages/import/import_part.h"

#include <memory>
#include <vector>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace keyconvoy::ui {

class Desk;
class DetailsView;
class FailurePanel;
class FindingsView;
class FingerprintView;
class FlowingLabel;

/// What the import came to, to be saved first of all; what the check shows and what it does not, what exists now, and what to do next.
class ResultPart final : public ImportPart {
    Q_OBJECT

public:
    ResultPart(Desk& desk, QWidget* parent);

    void enter(const ImportDraft& /*soFar*/) override {}
    void contribute(ImportDraft& /*draft*/) const override {}

    /// Only the headline at first: all cards in one turn of the loop would be felt.
    void showOutcome(const app::ImportOutcome& outcome, const Json& result);
    /// False when all are shown; the keyboard is at saving then.
    bool showNextCard();
    /// The result that is shown stands in a file.
    [[nodiscard]] bool isSaved() const { return m_isSaved; }
    /// Of the import that is shown.
    [[nodiscard]] const QString& keyArn() const { return m_keyArn; }
    /// Writes the result to a file that must not exist; on the worker.
    void saveTo(const QString& path);

private:
    [[nodiscard]] QWidget* makeHeadline();
    [[nodiscard]] QWidget* makeCheckCard();
    void addCard(QWidget* card);
    void showCheck(const app::ImportOutcome& outcome);
    void showNext(const app::ImportOutcome& outcome);
    void chooseFile();

    Desk& m_desk;
    QLabel* m_headline;
    QLabel* m_mode;
    QLabel* m_kind;
    QPushButton* m_save;
    FlowingLabel* m_saved;
    FailurePanel* m_saveFailure;
    QVBoxLayout* m_shown;
    QLabel* m_notShown;
    DetailsView* m_details;
    FingerprintView* m_fingerprint;
    std::vector<QWidget*> m_cards;  ///< from top to bottom
    std::size_t m_cardsShown = 0;
    QWidget* m_findingsCard;
    FindingsView* m_findings;
    QLabel* m_next;
    std::shared_ptr<const Json> m_result;
    QString m_fileName;  ///< proposed
    QString m_keyArn;
    bool m_isSaved = false;
    bool m_hasFindings = false;
};

}  // namespace keyconvoy::ui
