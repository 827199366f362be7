#pragma once

#include "ui/pages/page.h"

namespace keyconvoy::ui {

/// This machine, this token, this account: what jobs work on.
class StationPage final : public Page {
    Q_OBJECT

public:
    explicit StationPage(Desk& desk, QWidget* parent = nullptr);
};

}  // namespace keyconvoy::ui
