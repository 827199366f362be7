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
    /// What a failed run made and left.
    [[nodiscard]] const std::optional<app::LeftBehind>& leftBehind() const;
    /// So that it is read first, and no key that is pressed without looking reaches something else.
    void focusFailure();

Q_SIGNALS:
    void finished(const keyconvoy::app::ImportOutcome& outcome, const keyconvoy::Json& result);
    void failed();

private:
    void observe(const app::StepEvent& event);
    void showParameters(const app::StepEvent& event);
    void showCountdown();
    void ask(const app::Question& question);

    Desk& m_desk;
    QLabel* m_headline;
    QProgressBar* m_progress;
    Card* m_parameters;
    FingerprintView* m_fingerprint;
    QLabel* m_countdown;
    JobPanel* m_job;
    QTimer* m_tick;
    std::optional<TimePoint> m_parametersValidTo;
    std::shared_ptr<std::optional<app::ImportOutcome>> m_outcome;  ///< written on the token's thread before the job's end
};

}  // namespace keyconvoy::ui
