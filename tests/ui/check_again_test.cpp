#include "tests/ui/held_import.h"

#include <algorithm>
#include <QLabel>

namespace keyconvoy::tests {
namespace {

class CheckAgainTest : public HeldImport {
protected:
    void importWithACheckThatMeets(Fault fault, const char* operation) {
        prepare("HMAC_256");
        proxy().inject(fault, operation);
        ASSERT_TRUE(goOnUntil([this] { return page().current() == ImportPage::Run && !page().busy(); }));
    }
    [[nodiscard]] QString nextText() { return find<QPushButton>("import.next").text(); }
    [[nodiscard]] QString headline() { return find<QLabel>("run.headline").text(); }
    [[nodiscard]] QString resultHeadline() { return find<QLabel>("result.headline").text(); }
    [[nodiscard]] std::ptrdiff_t imports() {
        const std::vector<std::string> operations = proxy().operations();
        return std::ranges::count(operations, "ImportKeyMaterial");
    }
};

TEST_F(CheckAgainTest, ADoneImportIsCheckedWithoutImportingAgain) {
    importWithACheckThatMeets(Fault::EmptyObject, "GenerateMac");
    EXPECT_TRUE(failureText().find("the import itself was done") != std::string::npos) << failureText();
    EXPECT_EQ(nextText(), QStringLiteral("Check a&gain"));
    press("import.next");
    ASSERT_TRUE(goOnUntil([this] { return page().current() == ImportPage::Result && !page().busy(); }));
    EXPECT_TRUE(resultHeadline().startsWith(QStringLiteral("The key is in KMS: "))) << resultHeadline().toStdString();
    EXPECT_FALSE(find<QLabel>("result.shown").text().isEmpty());
    EXPECT_EQ(imports(), 1);
    press("import.next");
    EXPECT_EQ(page().current(), ImportPage::Key);
}

TEST_F(CheckAgainTest, ACheckThatFailsAgainCanBeMadeOnceMore) {
    importWithACheckThatMeets(Fault::EmptyObject, "GenerateMac");
    proxy().inject(Fault::EmptyObject, "GenerateMac");
    press("import.next");
    ASSERT_TRUE(goOnUntil([this] { return !page().busy(); }));
    EXPECT_TRUE(headline().contains(QStringLiteral("the check did not come to its end"))) << headline().toStdString();
    EXPECT_EQ(nextText(), QStringLiteral("Check a&gain"));
    press("import.next");
    ASSERT_TRUE(goOnUntil([this] { return page().current() == ImportPage::Result && !page().busy(); }));
    EXPECT_TRUE(resultHeadline().startsWith(QStringLiteral("The key is in KMS: "))) << resultHeadline().toStdString();
    EXPECT_EQ(imports(), 1);
}

}  // namespace
}  // namespace keyconvoy::tests
