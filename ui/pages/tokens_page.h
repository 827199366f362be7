#pragma once

#include "ui/pages/page.h"

namespace keyconvoy::ui {

/// What tokens there are, what they hold, and what they can really wrap.
class TokensPage final : public Page {
    Q_OBJECT

public:
    explicit TokensPage(Desk& desk, QWidget* parent = nullptr);
};

}  // namespace keyconvoy::ui
