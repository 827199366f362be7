#include "tests/ui/desktop_test.h"
#include "ui/widgets/failure_panel.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <string>

namespace keyconvoy::tests {
namespace {

class MainWindowTest : public DesktopTest {};

/// Ends the simulator as somebody else might. False when there is none.
bool killSimulator() {
    bool found = false;
    for (const auto& thread : std::filesystem::directory_iterator{"/proc/self/task"}) {
        std::ifstream children{thread.path() / "children"};
        for (pid_t child = 0; children >> child;) {
            std::string name;
            std::getline(std::ifstream{"/proc/" + std::to_string(child) + "/comm"} >> std::ws, name);
            if (std::string_view{"keyconvoy-kms-simulator"}.starts_with(name) && !name.empty()) {
                found = ::kill(child, SIGKILL) == 0;
            }
        }
    }
    return found;
}

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
    click("close.rehearse");
    EXPECT_EQ(find<QLabel>("mode-banner.mode").text(), QStringLiteral("REHEARSAL")) << "asked first";
    click("mode-banner.end");
    click("close.end");
    EXPECT_EQ(find<QLabel>("mode-banner.mode").text(), QStringLiteral("PRODUCTION"));
    closeEverything();  // waits for the worker
    EXPECT_FALSE(std::filesystem::exists(configuration)) << "a rehearsal leaves nothing";
}

TEST_F(MainWindowTest, ARehearsalWhoseSimulatorDiesSaysSo) {
    openWindow(options());
    click("start.rehearse");
    ASSERT_TRUE(waitFor([this] { return desk().rehearsalState() == ui::Desk::RehearsalState::Open; }));
    ASSERT_TRUE(killSimulator());
    ASSERT_TRUE(waitFor([this] { return desk().rehearsalState() == ui::Desk::RehearsalState::Broken; }));
    EXPECT_EQ(find<QLabel>("mode-banner.mode").text(), QStringLiteral("REHEARSAL")) << "nothing falls back to production";
    EXPECT_TRUE(find<QLabel>("mode-banner.station").text().contains(QStringLiteral("ended by itself")));
    click("mode-banner.end");
    click("close.end");
    EXPECT_EQ(desk().rehearsalState(), ui::Desk::RehearsalState::None);
}

/// Between the two modes nothing can be begun: it would run on production's station under the banner of a rehearsal.
TEST_F(MainWindowTest, WhileARehearsalIsMadeThereIsNoStation) {
    openWindow(options());
    desk().startRehearsal();
    ASSERT_EQ(desk().rehearsalState(), ui::Desk::RehearsalState::Starting);
    EXPECT_THROW(static_cast<void>(desk().tokenStation()), Error);
    EXPECT_THROW(static_cast<void>(desk().kmsStation()), Error);
    ASSERT_TRUE(waitFor([this] { return desk().rehearsalState() == ui::Desk::RehearsalState::Open; }));
    EXPECT_NO_THROW(static_cast<void>(desk().tokenStation()));
}

TEST_F(MainWindowTest, PagesThatNobodyOpenedTouchNothing) {
    ui::DesktopOptions withToken = options();
    withToken.module = QStringLiteral("/nonexistent/module.so");
    withToken.token = QStringLiteral("some token");
    openWindow(withToken);
    for (const ui::PageId id : {ui::PageId::Import, ui::PageId::Tokens, ui::PageId::Station, ui::PageId::About}) {
        ASSERT_NE(window().page(id), nullptr);
    }
    EXPECT_TRUE(desk().worker().idle()) << "no module was asked for";
    EXPECT_TRUE(window().close()) << "and nobody changed anything that could be lost";
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
    EXPECT_EQ(window().currentPage(), ui::PageId::Start) << "where it is said";
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
