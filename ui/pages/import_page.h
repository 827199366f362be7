#pragma once

#include "ui/pages/import/import_part.h"
#include "ui/pages/page.h"

#include <vector>

class QPushButton;

namespace keyconvoy::ui {

class ExpiryPart;
class FailurePanel;
class KeyPart;
class KmsKeyPart;
class ResultPart;
class ReviewPart;
class RunPart;
class Stepper;
class WrappingPart;

/// Bring one key from the token into KMS, guided: key, KMS key, wrapping, expiry, review, the import, its result. What was
/// entered stays until another key is begun.
class ImportPage final : public Page {
    Q_OBJECT

public:
    explicit ImportPage(Desk& desk, QWidget* parent = nullptr);

    [[nodiscard]] bool busy() const override;
    void cancel() override;
    [[nodiscard]] QString news() const override;
    [[nodiscard]] QString unsaved() const override;
    void discard() override;
    void enter() override;
    bool prepare() override;

    enum Part { Key, KmsKey, Wrapping, Expiry, Review, Run, Result, PartCount };
    [[nodiscard]] int current() const { return m_current; }

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] ImportPart* makePart(Part part);
    void addPart(ImportPart* part);
    void finishMaking();
    /// Part by part, each in a turn of the loop: all at once would be felt.
    void openDueResult();
    void setResultDue(bool due);
    [[nodiscard]] QString newsOfResult() const;
    [[nodiscard]] QWidget* makeFooter();
    void forgetFailureOnChangeIn(QWidget* part);
    void open(int part);
    void next();
    void back();
    /// What parts 0 to `last` say. Throws Error.
    [[nodiscard]] ImportDraft draftUpTo(int last) const;
    void begin();
    /// What there is after a failed run that a new one would be refused for, or would make twice.
    enum class Left { Nothing, Keys, DoneImport };
    [[nodiscard]] Left leftByFailedRun() const;
    void afterFailure();
    void checkAgain();
    void changeSomething(int part);
    void startAnother();
    void showButtons();
    [[nodiscard]] QString wordsForNext(Left left, bool check) const;
    void followRehearsal();

    Stepper* m_stepper;                ///< first, as it is read and reached by Tab
    std::vector<ImportPart*> m_parts;  ///< as many as are made by now
    KeyPart* m_key = nullptr;
    KmsKeyPart* m_kmsKey = nullptr;
    WrappingPart* m_wrapping = nullptr;
    ExpiryPart* m_expiry = nullptr;
    ReviewPart* m_review = nullptr;
    RunPart* m_run = nullptr;
    ResultPart* m_result = nullptr;
    FailurePanel* m_failure = nullptr;  ///< made last, with the footer
    QPushButton* m_back = nullptr;
    QPushButton* m_startOver = nullptr;
    QPushButton* m_next = nullptr;
    int m_current = Key;
    int m_reached = Key;
    bool m_failed = false;                           ///< the last run
    bool m_resultIsDue = false;                      ///< it is filled, but not all of it is open
    bool m_takenUp = false;                          ///< what is entered names keys that a failed run left
    bool m_ranInProduction = false;                  ///< what is shown of the last run is about keys that stay
    app::Mode m_modeOfPage = app::Mode::Production;  ///< for which all this was entered
};

}  // namespace keyconvoy::ui
