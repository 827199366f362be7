#include "tests/ui/import_page_fixture.h"
#include "ui/pages/import/key_part.h"

#include <fstream>
#include <QApplication>
#include <QClipboard>
#include <QDateTimeEdit>
#include <sys/stat.h>

namespace keyconvoy::tests {
namespace {

class ImportFailureTest : public ImportPageTest {
protected:
    [[nodiscard]] ui::FailurePanel& failure() { return *run().findChild<ui::FailurePanel*>(QStringLiteral("failure")); }
    [[nodiscard]] QStringList particulars() {
        QStringList lines;
        for (const QLabel* label : failure().findChildren<QLabel*>(QStringLiteral("failure.detail"))) {
            EXPECT_TRUE(label->isVisible());
            lines << ui::FlowingLabel::given(*label);
        }
        return lines;
    }
};

TEST_F(ImportFailureTest, EachWayThatWasTriedAndEachThrowAwayKeyIsListedReadOutAndCopied) {
    openImportOn(QStringLiteral("SoftHSM"));
    chooseSpec("RSA_2048");
    fillIn("not with SHA-256");
    importAsFilledIn();
    ASSERT_EQ(page().current(), ImportPage::Run);
    ASSERT_TRUE(failure().isVisible());
    const QStringList lines = particulars();
    const QString all = lines.join(QLatin1Char{'\n'});
    const auto ways = lines.filter(QStringLiteral("RSA_2048 by RSA_AES_KEY_WRAP_SHA_256 under RSA_2048, on the token by CKM_"));
    EXPECT_GE(ways.size(), 3) << all.toStdString();
    EXPECT_TRUE(all.contains(QStringLiteral("(CKR_"))) << all.toStdString();
    const auto keys = lines.filter(QStringLiteral("Throw-away key (generic secret, 20 bytes): made at "));
    EXPECT_FALSE(keys.isEmpty()) << all.toStdString();
    EXPECT_TRUE(keys.join(QLatin1Char{'\n'}).contains(QStringLiteral(", destroyed at "))) << all.toStdString();
    for (const QString& line : lines) {
        EXPECT_TRUE(failure().text().contains(line)) << line.toStdString();
    }
    EXPECT_EQ(failure().accessibleName(), failure().text());
    QTest::mouseClick(failure().findChild<QPushButton*>(), Qt::LeftButton);
    EXPECT_EQ(QApplication::clipboard()->text(), failure().text());
}

TEST_F(ImportFailureTest, ARemedyNamesFieldsAndNoOptions) {
    openImportOn(QStringLiteral("SoftHSM"));
    fillIn("no reason given");
    importAsFilledIn();
    ASSERT_EQ(page().current(), ImportPage::Run);
    EXPECT_TRUE(said().contains(QStringLiteral("“Reason to allow SHA-1” (page “Import a key”, step “Wrapping”)")))
        << said().toStdString();
    EXPECT_FALSE(said().contains(QStringLiteral("--"))) << said().toStdString();
}

/// A rehearsal whose KMS can be given another time while it runs.
class ImportThatLeavesKeysTest : public ImportFailureTest {
protected:
    [[nodiscard]] ui::DesktopOptions withClock() {
        const ui::DesktopOptions plain = options();
        const std::filesystem::path program = folder() / "simulator-with-clock";
        setKmsClock("0");
        std::ofstream{program} << "#!/bin/sh\nexec '" << ui::toUtf8(plain.simulator) << "' --time-offset-file '"
                               << clockFile().string() << "' \"$@\"\n";
        EXPECT_EQ(::chmod(program.c_str(), 0700), 0);
        ui::DesktopOptions changed = plain;
        changed.simulator = ui::toQString(program.string());
        return changed;
    }
    void setKmsClock(const char* offset) { std::ofstream{clockFile()} << offset << "\n"; }
    /// Up to the review of the job, with a date that KMS will find passed; then says yes.
    void failAfterTheKeysWereMade() {
        press("import.next");
        answerPin(rehearsalPin());
        auto* yes = run().findChild<QPushButton*>(QStringLiteral("question.yes"));
        const auto title = [this] { return run().findChild<QLabel*>(QStringLiteral("question.text"))->text(); };
        const auto asked = [yes] { return yes->isVisible() && yes->isEnabled(); };
        while (true) {
            ASSERT_TRUE(waitFor([this, asked] { return !page().busy() || asked(); }));
            if (!page().busy()) {
                return;
            }
            if (!title().contains(QStringLiteral("throw-away"))) {
                setKmsClock("3d");
            }
            QTest::mouseClick(yes, Qt::LeftButton);
        }
    }

private:
    [[nodiscard]] std::filesystem::path clockFile() const { return folder() / "clock"; }
};

TEST_F(ImportThatLeavesKeysTest, GoesOnWithTheKeysThatExist) {
    openImportOn(QStringLiteral("NSS softokn"), withClock());
    type(find<QLineEdit>("import.label"), "left behind");
    press("import.next");
    press("import.next");
    find<QComboBox>("import.wrapping-key-spec").setCurrentIndex(0);
    press("import.next");
    choose("import.expiry-date");
    find<QComboBox>("import.expiry-zone").setCurrentIndex(1);  // UTC
    find<QDateTimeEdit>("import.expiry-time").setDate(QDateTime::currentDateTimeUtc().date().addDays(2));
    press("import.next");
    ASSERT_EQ(page().current(), ImportPage::Review) << said().toStdString();
    failAfterTheKeysWereMade();
    ASSERT_EQ(page().current(), ImportPage::Run);
    ASSERT_TRUE(run().leftBehind()) << said().toStdString();
    const app::LeftBehind left = *run().leftBehind();
    ASSERT_TRUE(left.tokenKeyUri && left.kmsKeyArn) << said().toStdString();
    EXPECT_TRUE(said().contains(QStringLiteral("can be used with “Label or URI of the key”: pkcs11:"))) << said().toStdString();
    EXPECT_TRUE(said().contains(QStringLiteral("can be used with “ARN or key ID” (page “Import a key”, step “KMS key”)")))
        << said().toStdString();

    setKmsClock("0");
    EXPECT_EQ(find<QPushButton>("import.next").text(), QStringLiteral("&Go on with what exists"));
    press("import.next");
    ASSERT_EQ(page().current(), ImportPage::Review) << said().toStdString();
    EXPECT_EQ(ui::toUtf8(find<QLineEdit>("import.key").text()), *left.tokenKeyUri);
    EXPECT_EQ(ui::toUtf8(find<QLineEdit>("import.kms-key-id").text()), *left.kmsKeyArn);
    importAsFilledIn();
    seeResultAsTheEngineHasIt();
    EXPECT_EQ(ui::toUtf8(shown("KMS key")), *left.kmsKeyArn);
    EXPECT_EQ(result().at("kms").at("createdInThisRun"), false);
    EXPECT_EQ(result().at("key").at("uri"), *left.tokenKeyUri);
}

}  // namespace
}  // namespace keyconvoy::tests
