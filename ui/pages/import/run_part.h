#pragma once

#include "core/clock.h"
#include "core/strict_json.h"
#include "ui/pages/import/import_part.h"

#include <memory>

class QLabel;
class QProgressBar;
class QTimer;

namespace keyconvoy::ui {

class Card;
class Desk;
class FingerprintView;
class FlowingLabel;
class JobPanel;

/// The import itself: its steps as they happen, the wrapping key to be compared, and how long the parameters are good for.
class RunPart final : public ImportPart {
    Q_OBJECT

public:
    RunPart(Desk& desk, QWidget* parent);

    void enter(const ImportDraft& soFar) override;
    void contribute(ImportDraft& /*draft*/) const override {}
    [[nodiscard]] bool busy() const override;
    void cancel() override;

    void begin(const app::ImportRequest& request);
    /// The import is done, and its check is not: then it can be made alone.
    [[nodiscard]] bool canCheckAgain() const;
    void checkAgain();
    /// What a failed run made and left.
    [[nodiscard]] const std::optional<app::LeftBehind>& leftBehind() const;
    /// The keyboard comes to what is asked, what failed, or what runs: no key that is pressed without looking reaches something
    /// else.
    void takeFocus();

Q_SIGNALS:
    void finished(const keyconvoy::app::ImportOutcome& outcome, const keyconvoy::Json& result);
    void failed();

private:
    struct Imported;

    void observe(const app::StepEvent& event);
    void showParameters(const app::StepEvent& event);
    void showCountdown();
    void ask(const app::Question& question);
    void showEnd(const Json& result);

    Desk& m_desk;
    QLabel* m_headline;
    QProgressBar* m_progress;
    FlowingLabel* m_note;  ///< what is in KMS already, while its check is made again
    Card* m_parameters;
    FingerprintView* m_fingerprint;
    QLabel* m_countdown;
    JobPanel* m_job;
    QTimer* m_tick;
    std::optional<TimePoint> m_parametersValidTo;
    app::ImportRequest m_request;
    std::shared_ptr<std::optional<Imported>> m_imported;             ///< written on the token's thread before the job's end
    std::shared_ptr<std::optional<app::CheckOutcome>> m_laterCheck;  ///< likewise
    std::optional<app::LeftBehind> m_unchecked;                      ///< by an import whose check is still to be made
    bool m_checking = false;
};

}  // namespace keyconvoy::ui
