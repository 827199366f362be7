#include "ui/pages/station_page.h"

namespace keyconvoy::ui {

StationPage::StationPage(Desk& desk, QWidget* parent)
    : Page{desk, tr("Station"), tr("This machine, this token, this account: what jobs work on."), parent} {
}

}  // namespace keyconvoy::ui
