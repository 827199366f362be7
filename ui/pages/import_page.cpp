#include "ui/pages/import_page.h"

namespace keyconvoy::ui {

ImportPage::ImportPage(Desk& desk, QWidget* parent)
    : Page{desk, tr("Import a key"), tr("Bring one key from the token into KMS."), parent} {
}

}  // namespace keyconvoy::ui
