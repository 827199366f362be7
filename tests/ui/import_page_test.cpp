#include "core/fingerprint.h"
#include "tests/ui/import_page_fixture.h"

#include <fstream>
#include <QApplication>
#include <QCalendarWidget>
#include <QCheckBox>
#include <QDateTimeEdit>
#include <QFileDialog>
#include <QTableWidget>

namespace keyconvoy::tests {
namespace {

TEST_F(ImportPageTest, Aes256OnNssComesToTheResultPageAndEveryValueIsTheEngines) {
    openImportOn(QStringLiteral("NSS softokn"));
    fillIn("orders-2027");
    importAsFilledIn();
    seeResultAsTheEngineHasIt();
    EXPECT_EQ(shown("key material ID"), resultAt("/kms/keyMaterialId"));
    EXPECT_EQ(shown("expires, UTC"), resultAt("/import/validTo"));
    EXPECT_EQ(ui::toQString(result().at("check").at("result").get<std::string>()), QStringLiteral("same-material-twice"));
    const QString notShown = find<QLabel>("result.not-shown").text();
    EXPECT_EQ(notShown.mid(1), resultAt("/check/doesNotShow").mid(1));
    EXPECT_EQ(page().findChildren<QLabel*>(QStringLiteral("result.shown")).size(),
              static_cast<qsizetype>(result().at("check").at("shows").size()));
}

TEST_F(ImportPageTest, TheResultIsReadFromItsBeginning) {
    openImportOn(QStringLiteral("NSS softokn"));
    fillIn("orders-2027");
    importAsFilledIn();
    ASSERT_EQ(page().current(), ImportPage::Result) << said().toStdString();
    ASSERT_TRUE(waitFor([this] { return !page().busy() && !find<QLabel>("result.headline").visibleRegion().isEmpty(); }));
    EXPECT_EQ(QApplication::focusWidget(), &find<QPushButton>("result.save"));
    EXPECT_EQ(find<QLabel>("result.headline").visibleRegion().boundingRect(), find<QLabel>("result.headline").rect());
}

TEST_F(ImportPageTest, TheWholeCanBeDoneFromTheKeyboard) {
    openImportOn(QStringLiteral("NSS softokn"));
    auto& label = find<QLineEdit>("import.label");
    label.setFocus();
    type(label, "by keyboard");
    QTest::keyClick(&label, Qt::Key_Return);
    ASSERT_EQ(page().current(), ImportPage::KmsKey) << said().toStdString();
    const auto enter = [] { QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return); };
    enter();
    ASSERT_EQ(page().current(), ImportPage::Wrapping) << said().toStdString();
    enter();
    ASSERT_EQ(page().current(), ImportPage::Expiry) << said().toStdString();
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Down);   // from the date to the days
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);  // nothing is chosen by passing over it
    ASSERT_TRUE(find<QRadioButton>("import.expiry-period").isChecked());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("90"));
    enter();
    ASSERT_EQ(page().current(), ImportPage::Review) << said().toStdString();
    enter();
    answerPin(rehearsalPin());
    agreeUntilTheEnd();
    seeResultAsTheEngineHasIt();
}

TEST_F(ImportPageTest, TheRehearsalsPinIsShownWhereItIsAskedFor) {
    openImportOn(QStringLiteral("NSS softokn"));
    fillIn("hinted");
    press("import.next");
    ASSERT_TRUE(waitFor([this] { return openPinField() != nullptr; }));
    auto* hint = run().findChild<QLabel*>(QStringLiteral("question.hint"));
    EXPECT_TRUE(hint->isVisible());
    EXPECT_TRUE(hint->text().contains(rehearsalPin()));
    EXPECT_TRUE(page().busy());
    page().cancel();
    ASSERT_TRUE(waitFor([this] { return !page().busy(); }));
}

TEST_F(ImportPageTest, AWrongPinIsSaidAndNothingEnteredIsLost) {
    openImportOn(QStringLiteral("NSS softokn"));
    fillIn("kept");
    press("import.next");
    answerPin(QStringLiteral("definitely wrong"));
    ASSERT_TRUE(waitFor([this] { return !page().busy(); }));
    EXPECT_EQ(page().current(), ImportPage::Run);
    EXPECT_TRUE(said().contains(QStringLiteral("PIN"))) << said().toStdString();
    press("import.next");  // change something
    ASSERT_EQ(page().current(), ImportPage::Review) << said().toStdString();
    EXPECT_EQ(find<QLineEdit>("import.label").text(), QStringLiteral("kept"));
    EXPECT_EQ(find<QSpinBox>("import.expiry-days").value(), 30);
    importAsFilledIn();
    seeResultAsTheEngineHasIt();
}

TEST_F(ImportPageTest, WhatKmsDoesNotTakeCannotBeChosenAndSaysWhy) {
    openImportOn(QStringLiteral("NSS softokn"));
    type(find<QLineEdit>("import.label"), "pair");
    chooseSpec("RSA_2048");
    press("import.next");
    press("import.next");
    ASSERT_EQ(page().current(), ImportPage::Wrapping) << said().toStdString();
    EXPECT_FALSE(find<QRadioButton>("import.algorithm.RSAES_OAEP_SHA_256").isEnabled());
    EXPECT_TRUE(find<QLabel>("import.algorithm-note.RSAES_OAEP_SHA_256").text().contains(QStringLiteral("RSA_AES_KEY_WRAP_*")));
    EXPECT_TRUE(find<QRadioButton>("import.algorithm.RSA_AES_KEY_WRAP_SHA_256").isEnabled());
}

TEST_F(ImportPageTest, SoftHsmIsRefusedWithoutAReasonForSha1AndThenImportsWithOne) {
    openImportOn(QStringLiteral("SoftHSM"));
    fillIn("on SoftHSM");
    importAsFilledIn();
    EXPECT_EQ(page().current(), ImportPage::Run);
    EXPECT_TRUE(said().contains(QStringLiteral("Refused by a rule"))) << said().toStdString();
    press("import.start-over");
    ASSERT_EQ(page().current(), ImportPage::Key) << said().toStdString();
    press("stepper.2");
    ASSERT_EQ(page().current(), ImportPage::Wrapping) << said().toStdString();
    EXPECT_TRUE(find<QLabel>("import.sha1-hint").text().contains(QStringLiteral("SoftHSM 2.6"))) << "the token was looked at";
    type(find<QLineEdit>("import.sha1-reason"), "this rehearsal token knows no other");
    press("stepper.4");
    ASSERT_EQ(page().current(), ImportPage::Review) << said().toStdString();
    importAsFilledIn();
    seeResultAsTheEngineHasIt();
    EXPECT_EQ(resultAt("/wrapping/sha1Reason"), QStringLiteral("this rehearsal token knows no other"));
}

TEST_F(ImportPageTest, ANamedSha1AlgorithmNeedsItsReasonBeforeGoingOn) {
    openImportOn(QStringLiteral("NSS softokn"));
    type(find<QLineEdit>("import.label"), "named");
    press("import.next");
    press("import.next");
    choose("import.algorithm.RSAES_OAEP_SHA_1");
    press("import.next");
    EXPECT_EQ(page().current(), ImportPage::Wrapping);
    EXPECT_TRUE(said().contains(QStringLiteral("SHA-1"))) << said().toStdString();
}

TEST_F(ImportPageTest, AnExistingKmsKeyIsShownWithItsStateAndTakesTheImport) {
    openImportOn(QStringLiteral("NSS softokn"));
    const std::string arn = createKmsKey(wrapping::KeySpec::SymmetricDefault);
    type(find<QLineEdit>("import.label"), "into an existing one");
    press("import.next");
    nameExistingKmsKey(arn);
    EXPECT_EQ(find<QLabel>("import.kms-verdict").text(), QStringLiteral("Can take this import"));
    EXPECT_EQ(find<QLabel>("detail.KMS key state").text(), QStringLiteral("PendingImport"));
    EXPECT_EQ(ui::FlowingLabel::given(find<QLabel>("detail.KMS key")), ui::toQString(arn));
    press("stepper.0");
    goToReview();
    importAsFilledIn();
    seeResultAsTheEngineHasIt();
    EXPECT_EQ(shown("KMS key"), ui::toQString(arn));
}

TEST_F(ImportPageTest, AKmsKeyOfAnotherSpecIsSaidAtOnce) {
    openImportOn(QStringLiteral("NSS softokn"));
    type(find<QLineEdit>("import.label"), "mismatch");
    press("import.next");
    nameExistingKmsKey(createKmsKey(wrapping::KeySpec::Hmac256));
    EXPECT_EQ(find<QLabel>("import.kms-verdict").text(), QStringLiteral("Cannot take this import"));
    press("import.next");
    EXPECT_EQ(page().current(), ImportPage::KmsKey);
    EXPECT_TRUE(said().contains(QStringLiteral("HMAC_256"))) << said().toStdString();
    press("import.back");
    chooseSpec("HMAC_256");
    press("import.next");
    EXPECT_EQ(find<QLabel>("import.kms-verdict").text(), QStringLiteral("Can take this import"));
}

TEST_F(ImportPageTest, ThereIsNoDefaultExpiryAndNeverIsSaidTwice) {
    openImportOn(QStringLiteral("NSS softokn"));
    type(find<QLineEdit>("import.label"), "never");
    press("import.next");
    press("import.next");
    press("import.next");
    ASSERT_EQ(page().current(), ImportPage::Expiry) << said().toStdString();
    press("import.next");
    EXPECT_TRUE(said().contains(QStringLiteral("there is no default"))) << said().toStdString();
    choose("import.expiry-never");
    press("import.next");
    EXPECT_EQ(page().current(), ImportPage::Expiry);
    EXPECT_TRUE(said().contains(QStringLiteral("not confirmed"))) << said().toStdString();
    find<QCheckBox>("import.expiry-never-again").click();
    press("import.next");
    EXPECT_EQ(page().current(), ImportPage::Review) << said().toStdString();
}

TEST_F(ImportPageTest, ADateIsReadInItsZoneAndThePastIsRefused) {
    openImportOn(QStringLiteral("NSS softokn"));
    type(find<QLineEdit>("import.label"), "dated");
    press("import.next");
    press("import.next");
    press("import.next");
    choose("import.expiry-date");
    press("import.next");
    EXPECT_TRUE(said().contains(QStringLiteral("no date is chosen"), Qt::CaseInsensitive)) << said().toStdString();
    const QDate day = QDateTime::currentDateTimeUtc().date().addDays(40);
    find<QComboBox>("import.expiry-zone").setCurrentIndex(1);  // UTC
    find<QCalendarWidget>("import.expiry-calendar").setSelectedDate(day);
    find<QDateTimeEdit>("import.expiry-time").setTime(QTime{14, 30});
    press("import.next");
    ASSERT_EQ(page().current(), ImportPage::Review) << said().toStdString();
    auto* review = page().findChild<QWidget*>(QStringLiteral("review.expiry"));
    EXPECT_EQ(review->findChild<QLabel*>(QStringLiteral("detail.expires, UTC"))->text(),
              day.toString(Qt::ISODate) + QStringLiteral("T14:30:00Z"));
    press("review.expiry.change");
    find<QDateTimeEdit>("import.expiry-time").setDate(QDateTime::currentDateTimeUtc().date().addDays(-2));
    press("import.next");
    EXPECT_EQ(page().current(), ImportPage::Expiry);
    EXPECT_TRUE(said().contains(QStringLiteral("past"))) << said().toStdString();
}

TEST_F(ImportPageTest, AnEmptyLabelIsSaidBeforeAnythingElse) {
    openImportOn(QStringLiteral("NSS softokn"));
    press("import.next");
    EXPECT_EQ(page().current(), ImportPage::Key);
    EXPECT_TRUE(said().contains(QStringLiteral("no label"))) << said().toStdString();
    EXPECT_EQ(QApplication::focusWidget(), &find<QLineEdit>("import.label"));
}

TEST_F(ImportPageTest, AKeyOfTheTokensListIsPickedWithItsSpecAndImported) {
    openImportOn(QStringLiteral("NSS softokn"));
    fillIn("made first");
    importAsFilledIn();
    seeResultAsTheEngineHasIt();
    press("import.next");  // another key
    ASSERT_EQ(page().current(), ImportPage::Key);
    chooseSpec("RSA_2048");
    choose("import.existing");
    press("import.list-keys");
    answerPin(rehearsalPin());
    auto& keys = find<QTableWidget>("import.keys");
    ASSERT_TRUE(waitFor([&keys] { return keys.isVisible(); }));
    ASSERT_EQ(keys.rowCount(), 1);
    keys.selectRow(0);
    EXPECT_TRUE(find<QComboBox>("import.key-spec").currentText().startsWith(QStringLiteral("SYMMETRIC_DEFAULT")));
    EXPECT_TRUE(find<QLineEdit>("import.key").text().contains(QStringLiteral("made%20first")));
    goToReview();
    importAsFilledIn();
    seeResultAsTheEngineHasIt();
}

TEST_F(ImportPageTest, TheResultIsSavedOnceAndNothingIsOverwritten) {
    openImportOn(QStringLiteral("NSS softokn"));
    fillIn("saved");
    importAsFilledIn();
    seeResultAsTheEngineHasIt();
    const std::filesystem::path file = folder() / "result.json";
    press("result.save");
    auto* dialog = page().findChild<QFileDialog*>(QStringLiteral("result.file"));
    ASSERT_NE(dialog, nullptr);
    EXPECT_FALSE(dialog->selectedFiles().isEmpty());
    dialog->reject();
    auto& part = find<ui::ResultPart>("import.part.6");
    part.saveTo(ui::toQString(file.string()));
    ASSERT_TRUE(waitFor([this] { return !find<QLabel>("result.saved").text().isEmpty() || !said().isEmpty(); }));
    ASSERT_TRUE(said().isEmpty()) << said().toStdString();
    const Json saved = Json::parse(std::ifstream{file});
    EXPECT_EQ(saved.at("result"), result());
    EXPECT_TRUE(ui::FlowingLabel::given(find<QLabel>("result.saved"))
                    .contains(ui::toQString(Fingerprint::of(readFile(file, 1 << 20)).hex())));
    part.saveTo(ui::toQString(file.string()));
    ASSERT_TRUE(waitFor([this] { return !said().isEmpty(); }));
    EXPECT_TRUE(said().contains(QStringLiteral("nothing is overwritten"))) << said().toStdString();
}

TEST_F(ImportPageTest, ARehearsalEndsAfterItsImportOnly) {
    openImportOn(QStringLiteral("NSS softokn"));
    fillIn("ended");
    click("mode-banner.end");
    EXPECT_TRUE(find<QPushButton>("close.end").isVisible());
    press("import.next");
    ASSERT_TRUE(waitFor([this] { return openPinField() != nullptr; }));
    EXPECT_FALSE(find<QPushButton>("mode-banner.end").isEnabled());
    EXPECT_TRUE(window().findChildren<QPushButton*>(QStringLiteral("close.end")).isEmpty() ||
                !window().findChild<QPushButton*>(QStringLiteral("close.end"))->isVisible())
        << "what was asked before the job is not asked any more";
    page().cancel();
    ASSERT_TRUE(waitFor([this] { return !page().busy(); }));
    EXPECT_EQ(page().current(), ImportPage::Run);
    click("mode-banner.end");
    click("close.end");
    EXPECT_EQ(find<QLabel>("mode-banner.mode").text(), QStringLiteral("PRODUCTION"));
    EXPECT_EQ(page().current(), ImportPage::Key) << "what ran is about nothing any more";
    EXPECT_TRUE(find<QLineEdit>("import.label").text().isEmpty());
}

}  // namespace
}  // namespace keyconvoy::tests
