#pragma once

#include "ui/pages/page.h"

namespace keyconvoy::ui {

/// What this program is, what it promises and what it does not; the settings of the window.
class AboutPage final : public Page {
    Q_OBJECT

public:
    AboutPage(Desk& desk, QWidget* parent = nullptr);

private:
    [[nodiscard]] QWidget* promises();
    [[nodiscard]] QWidget* look();
    [[nodiscard]] QWidget* licences();
};

}  // namespace keyconvoy::ui
