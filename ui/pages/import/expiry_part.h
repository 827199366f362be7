#pragma once

#include "ui/pages/import/import_part.h"

class QCalendarWidget;
class QCheckBox;
class QComboBox;
class QDateTimeEdit;
class QFrame;
class QLabel;
class QRadioButton;
class QSpinBox;
class QTimer;
class QVBoxLayout;

namespace keyconvoy::ui {

class DetailsView;
class FailurePanel;

/// When the material in KMS expires. There is no default; what was chosen is said in every way that could be misread otherwise,
/// as time goes by; and never is said twice.
class ExpiryPart final : public ImportPart {
    Q_OBJECT

public:
    explicit ExpiryPart(QWidget* parent);

    void enter(const ImportDraft& soFar) override;
    void contribute(ImportDraft& draft) const override;
    /// Nothing is chosen again.
    void startAnother();

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void layOut();
    void addDate(QVBoxLayout* column);
    void drawCalendar();
    [[nodiscard]] app::Expiry expiry() const;
    [[nodiscard]] TimePoint chosenTime() const;
    void describe();
    void showInCalendar(QDate date);

    QRadioButton* m_date;
    QDateTimeEdit* m_time;
    QComboBox* m_zone;
    QCalendarWidget* m_calendar;
    QRadioButton* m_period;
    QSpinBox* m_days;
    QRadioButton* m_never;
    QCheckBox* m_neverAgain;
    QLabel* m_state;
    DetailsView* m_details;
    QTimer* m_tick;
    bool m_dateChosen = false;
};

}  // namespace keyconvoy::ui
