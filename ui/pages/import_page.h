#pragma once

#include "ui/pages/page.h"

namespace keyconvoy::ui {

/// Bring one key from the token into KMS.
class ImportPage final : public Page {
    Q_OBJECT

public:
    explicit ImportPage(Desk& desk, QWidget* parent = nullptr);
};

}  // namespace keyconvoy::ui
