#include "tests/support/token_fixture.h"
#include "tests/ui/import_page_fixture.h"

#include <memory>

namespace keyconvoy::tests {
namespace {

/// An import in production came to its result, which is not saved. Its run found no KMS, and what it shows is a rehearsal's
/// result: no test reaches AWS.
class UnsavedResult : public ImportPageTest {
protected:
    void SetUp() override {
        ui::DesktopOptions options = optionsFor(m_token.profile(), m_token.label());
        options.region = QStringLiteral("eu-central-1");
        options.endpointUrl = QStringLiteral("https://127.0.0.1:1");
        openImportOn(QStringLiteral("NSS softokn"), options);
        std::unique_ptr<app::ImportOutcome> outcome;
        QObject::connect(&run(), &ui::RunPart::finished, &window(), [&outcome](const app::ImportOutcome& seen, const Json&) {
            outcome = std::make_unique<app::ImportOutcome>(seen);
        });
        fillIn("rehearsed");
        importAsFilledIn();
        ASSERT_NE(outcome, nullptr) << said().toStdString();
        desk().endRehearsal();
        ASSERT_EQ(page().current(), ImportPage::Key);
        fillIn("for real");
        find<QLineEdit>("import.sha1-reason").setText(QStringLiteral("an old token"));
        press("import.next");
        ASSERT_TRUE(waitFor([this] { return !page().busy(); }));
        ASSERT_EQ(page().current(), ImportPage::Run) << said().toStdString();
        outcome->mode = app::Mode::Production;
        Q_EMIT run().finished(*outcome, result());
        ASSERT_TRUE(waitFor([this] { return page().current() == ImportPage::Result && !page().busy(); }));
    }

    /// The question that was asked before is gone by then, with its buttons.
    [[nodiscard]] bool asked() {
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        return find<QLabel>("close.text").isVisible();
    }
    [[nodiscard]] QString mode() { return find<QLabel>("mode-banner.mode").text(); }

private:
    TestToken m_token{TokenKind::SoftHsm};
};

TEST_F(UnsavedResult, AnotherImportIsNotBegunUnasked) {
    press("import.next");
    ASSERT_TRUE(asked());
    press("close.keep");
    EXPECT_EQ(page().current(), ImportPage::Result);
    press("import.next");
    ASSERT_TRUE(asked());
    press("close.discard");
    EXPECT_EQ(page().current(), ImportPage::Key);
    EXPECT_EQ(find<QLineEdit>("import.sha1-reason").text(), QString{}) << "SHA-1 was allowed for one import";
}

TEST_F(UnsavedResult, ARehearsalBeginsWithoutItOnly) {
    window().open(ui::PageId::Start);
    press("start.rehearse");
    ASSERT_TRUE(asked());
    EXPECT_EQ(window().currentPage(), ui::PageId::Import) << "what would be lost is seen";
    QTest::keyClick(&find<QPushButton>("close.keep"), Qt::Key_Escape);
    EXPECT_FALSE(asked());
    EXPECT_EQ(mode(), QStringLiteral("PRODUCTION"));
    window().open(ui::PageId::Start);
    press("start.rehearse");
    ASSERT_TRUE(asked());
    press("close.discard");
    EXPECT_EQ(mode(), QStringLiteral("REHEARSAL"));
    EXPECT_EQ(page().current(), ImportPage::Key);
    EXPECT_TRUE(waitFor([this] { return desk().rehearsalState() == ui::Desk::RehearsalState::Open; }));
}

TEST_F(UnsavedResult, SavedItIsNotAskedAbout) {
    find<ui::ResultPart>("import.part.6").saveTo(ui::toQString((folder() / "result.json").string()));
    ASSERT_TRUE(waitFor([this] { return page().unsaved().isEmpty(); }));
    press("import.next");
    EXPECT_FALSE(asked());
    EXPECT_EQ(page().current(), ImportPage::Key);
}

}  // namespace
}  // namespace keyconvoy::tests
