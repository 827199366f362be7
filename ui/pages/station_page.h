#pragma once

#include "ui/pages/page.h"

namespace keyconvoy::ui {

class CheckCard;
class ProfilesCard;
class StationForm;

/// This machine, this token, this account: what jobs work on.
class StationPage final : public Page {
    Q_OBJECT

public:
    explicit StationPage(Desk& desk, QWidget* parent = nullptr);

    [[nodiscard]] bool busy() const override;
    void cancel() override;
    [[nodiscard]] QString unsaved() const override;

private:
    void showMode();

    StationForm* m_form;
    ProfilesCard* m_profiles;
    CheckCard* m_check;
    QWidget* m_rehearsalNote;
};

}  // namespace keyconvoy::ui
