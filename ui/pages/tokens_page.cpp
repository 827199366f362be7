#include "ui/pages/tokens_page.h"

namespace keyconvoy::ui {

TokensPage::TokensPage(Desk& desk, QWidget* parent)
    : Page{desk, tr("Tokens"), tr("What tokens there are, what they hold, and what they can really wrap."), parent} {
}

}  // namespace keyconvoy::ui
