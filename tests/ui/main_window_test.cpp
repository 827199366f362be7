#include "tests/ui/desktop_test.h"
#include "ui/widgets/failure_panel.h"

#include <QLabel>
#include <QMessageBox>
#include <QPushButton>

namespace keyconvoy::tests {
namespace {

class MainWindowTest : public DesktopTest {};

TEST_F(MainWindowTest, OpensOnTheStartPageAndSaysThatItIsProduction) {
    openWindow(options());
    EXPECT_EQ(window().currentPage(), ui::PageId::Start);
    EXPECT_EQ(find<QLabel>("mode-banner.mode").text(), QStringLiteral("PRODUCTION"));
    EXPECT_TRUE(find<QLabel>("mode-banner.station").text().contains(QStringLiteral("No token is chosen")));
}

TEST_F(MainWindowTest, EachNavigationButtonOpensItsPage) {
    openWindow(options());
    for (const ui::PageId id :
         {ui::PageId::Import, ui::PageId::Tokens, ui::PageId::Station, ui::PageId::About, ui::PageId::Start}) {
        click(qPrintable(QStringLiteral("navigation.%1").arg(static_cast<int>(id))));
        EXPECT_EQ(window().currentPage(), id);
        EXPECT_TRUE(window().page(id)->isVisible());
    }
}

TEST_F(MainWindowTest, OneClickMakesARehearsalAndOpensTheImport) {
    openWindow(options());
    click("start.rehearse");
    EXPECT_FALSE(find<QPushButton>("start.rehearse").isEnabled());
    ASSERT_TRUE(waitFor([this] { return window().currentPage() == ui::PageId::Import; }));
    EXPECT_EQ(find<QLabel>("mode-banner.mode").text(), QStringLiteral("REHEARSAL"));
    EXPECT_EQ(desk().rehearsalTokens().size(), 2U);
    const std::filesystem::path configuration = desk().rehearsalTokens().front().station.module.environment.front().value;
    EXPECT_TRUE(std::filesystem::exists(configuration));

    click("mode-banner.end");
    EXPECT_EQ(find<QLabel>("mode-banner.mode").text(), QStringLiteral("PRODUCTION"));
    closeEverything();  // waits for the worker
    EXPECT_FALSE(std::filesystem::exists(configuration)) << "a rehearsal leaves nothing";
}

TEST_F(MainWindowTest, ARehearsalWithoutItsSimulatorNamesThePackage) {
    ui::DesktopOptions without = options();
    without.simulator = QStringLiteral("/nonexistent/simulator");
    openWindow(without);
    click("start.rehearse");
    auto* panel = window().page(ui::PageId::Start)->findChild<ui::FailurePanel*>();
    ASSERT_NE(panel, nullptr);
    ASSERT_TRUE(waitFor([panel] { return panel->isVisible(); }));
    EXPECT_TRUE(panel->text().contains(QStringLiteral("keyconvoy-kms-simulator"))) << panel->text().toStdString();
    EXPECT_EQ(find<QLabel>("mode-banner.mode").text(), QStringLiteral("PRODUCTION"));
}

TEST_F(MainWindowTest, RemembersItsSize) {
    openWindow(options());
    window().resize(1300, 777);
    window().close();
    closeEverything();
    ui::MainWindow again{openDesk(options())};
    EXPECT_EQ(again.size(), (QSize{1300, 777}));
}

}  // namespace
}  // namespace keyconvoy::tests
