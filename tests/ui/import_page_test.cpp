#include "ui/pages/import_page.h"
#include "core/hex.h"
#include "kmsclient/kms_client.h"
#include "tests/ui/desktop_test.h"
#include "ui/language/text.h"
#include "ui/pages/import/result_part.h"
#include "ui/pages/import/run_part.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/fingerprint_view.h"
#include "ui/widgets/pin_field.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <QApplication>
#include <QCalendarWidget>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QDir>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QSpinBox>
#include <QTableWidget>

namespace keyconvoy::tests {
namespace {

using ui::ImportPage;

QString withoutBlanks(QString text) {
    return text.remove(QLatin1Char{' '}).remove(QLatin1Char{'\n'});
}

class ImportPageTest : public DesktopTest {
protected:
    /// Pictures of the sub pages for people to look at, where KEYCONVOY_SCREENSHOTS names a folder.
    void takePicture(const char* name) {
        const QString folder = qEnvironmentVariable("KEYCONVOY_SCREENSHOTS");
        if (!folder.isEmpty()) {
            QTest::qWait(50);  // only for the picture: until all is laid out
            window().grab().save(QStringLiteral("%1/%2.png").arg(folder, QString::fromLatin1(name)));
        }
    }
    /// A rehearsal with the import page open and this token chosen.
    void openImportOn(const QString& token) {
        openRehearsal();
        window().open(ui::PageId::Import);
        auto& tokens = find<QComboBox>("import.rehearsal-token");
        ASSERT_GE(tokens.findText(token), 0) << "packaging/set-up installs both software tokens";
        tokens.setFocus();
        QTest::keyClicks(&tokens, token);
        QTest::keyClick(&tokens, Qt::Key_Return);
        ASSERT_EQ(desk().rehearsalTokens().at(static_cast<std::size_t>(desk().chosenRehearsalToken())).name, token);
        QObject::connect(&run(), &ui::RunPart::finished, &window(),
                         [this](const app::ImportOutcome&, const Json& result) { m_result = std::make_unique<Json>(result); });
    }

    [[nodiscard]] ImportPage& page() { return dynamic_cast<ImportPage&>(*window().page(ui::PageId::Import)); }
    [[nodiscard]] ui::RunPart& run() { return find<ui::RunPart>("import.part.5"); }
    [[nodiscard]] const Json& result() const { return *m_result; }

    void press(const char* name) {
        auto& button = find<QAbstractButton>(name);
        ASSERT_TRUE(button.isVisible() && button.isEnabled()) << name;
        QTest::mouseClick(&button, Qt::LeftButton);
    }
    void choose(const char* radio) { find<QRadioButton>(radio).click(); }
    void chooseSpec(const char* name) {
        auto& specs = find<QComboBox>("import.key-spec");
        const int row = specs.findText(QString::fromLatin1(name), Qt::MatchStartsWith);
        ASSERT_GE(row, 0) << name;
        specs.setCurrentIndex(row);
    }
    [[nodiscard]] QString said() {
        const auto panels = page().findChildren<ui::FailurePanel*>();
        const auto shown = std::ranges::find_if(panels, [](const ui::FailurePanel* panel) { return panel->isVisible(); });
        return shown == panels.end() ? QString{} : (*shown)->text();
    }

    /// From the first sub page to the review, for a key that is generated and expires after 30 days.
    void fillIn(const char* label) {
        type(find<QLineEdit>("import.label"), label);
        goToReview();
    }
    void goToReview() {
        press("import.next");
        ASSERT_EQ(page().current(), ImportPage::KmsKey) << said().toStdString();
        press("import.next");
        ASSERT_EQ(page().current(), ImportPage::Wrapping) << said().toStdString();
        find<QComboBox>("import.wrapping-key-spec").setCurrentIndex(0);  // RSA_2048: size is not the point here
        press("import.next");
        ASSERT_EQ(page().current(), ImportPage::Expiry) << said().toStdString();
        choose("import.expiry-period");
        find<QSpinBox>("import.expiry-days").setValue(30);
        press("import.next");
        ASSERT_EQ(page().current(), ImportPage::Review) << said().toStdString();
    }

    [[nodiscard]] ui::PinField* openPinField() {
        auto* pin =
            page().findChild<QWidget*>(QStringLiteral("import.part.%1").arg(page().current()))->findChild<ui::PinField*>();
        return pin != nullptr && pin->isVisible() ? pin : nullptr;
    }
    void answerPin(const QString& pin) {
        ASSERT_TRUE(waitFor([this] { return openPinField() != nullptr; }));
        type(*openPinField(), pin.toStdString());
        QTest::keyClick(openPinField(), Qt::Key_Return);
    }
    [[nodiscard]] QString rehearsalPin() {
        return desk().rehearsalTokens().at(static_cast<std::size_t>(desk().chosenRehearsalToken())).pin;
    }
    /// What is asked is brought into view: up to its buttons, or from its beginning where it is taller than the window.
    void seeQuestion() {
        const auto* question = run().findChild<QWidget*>(QStringLiteral("question"));
        const auto* viewport = page().findChild<QScrollArea*>()->viewport();
        ASSERT_TRUE(waitFor([question, viewport] {
            const int top = question->mapTo(viewport, QPoint{}).y();
            return question->isVisible() && top >= 0 &&
                   (top + question->height() <= viewport->height() || question->height() > viewport->height());
        }));
    }
    /// Says yes to what is asked until the run ends.
    void agreeUntilTheEnd() {
        auto* yes = run().findChild<QPushButton*>(QStringLiteral("question.yes"));
        const auto asked = [this, yes] { return yes->isVisible() && yes->isEnabled() && openPinField() == nullptr; };
        while (true) {
            ASSERT_TRUE(waitFor([this, asked] { return !page().busy() || asked(); }));
            if (!page().busy()) {
                return;
            }
            seeQuestion();
            QTest::mouseClick(yes, Qt::LeftButton);
        }
    }
    void importAsFilledIn() {
        press("import.next");
        answerPin(rehearsalPin());
        agreeUntilTheEnd();
    }

    [[nodiscard]] QString shown(const char* detail) {
        auto& details = find<QWidget>("result.details");
        auto* label = details.findChild<QLabel*>(QStringLiteral("detail.") + QString::fromLatin1(detail));
        return label == nullptr ? QStringLiteral("(not shown)") : label->text();
    }
    [[nodiscard]] QString resultAt(const char* pointer) {
        return ui::toQString(result().at(Json::json_pointer{pointer}).get<std::string>());
    }
    void seeResultAsTheEngineHasIt() {
        ASSERT_EQ(page().current(), ImportPage::Result) << said().toStdString();
        ASSERT_NE(m_result, nullptr);
        EXPECT_EQ(shown("KMS key"), resultAt("/kms/keyArn"));
        EXPECT_EQ(shown("check value"), resultAt("/key/checkValue/value"));
        EXPECT_EQ(shown("how it is made"), resultAt("/key/checkValue/method"));
        EXPECT_TRUE(shown("wrapped by").startsWith(resultAt("/wrapping/algorithm")));
        EXPECT_EQ(shown("on the token"), resultAt("/wrapping/recipe"));
        for (const ui::FingerprintView* view : page().findChildren<ui::FingerprintView*>()) {
            EXPECT_EQ(withoutBlanks(view->findChild<QLabel*>(QStringLiteral("fingerprint.groups"))->text()),
                      resultAt("/wrapping/wrappingKeySha256"));
            EXPECT_EQ(view->findChild<QLabel*>(QStringLiteral("fingerprint.words"))->text(),
                      resultAt("/wrapping/wrappingKeyWords"));
        }
        EXPECT_EQ(find<QLabel>("result.mode").text(), QStringLiteral("Rehearsal"));
        EXPECT_EQ(find<QLabel>("result.token-kind").text(), QStringLiteral("Software token"));
    }

    [[nodiscard]] kms::KmsClient kms() { return kms::KmsClient{desk().kmsStation().client, systemNow}; }
    [[nodiscard]] std::string createKmsKey(wrapping::KeySpec spec) {
        kms::CreateKeyRequest request;
        request.keySpec = spec;
        request.keyUsage = wrapping::usualUsage(spec);
        return kms().createKey(request).metadata.arn;
    }
    void nameExistingKmsKey(const std::string& arn) {
        choose("import.kms-existing");
        find<QLineEdit>("import.kms-key-id").setText(ui::toQString(arn));
        press("import.kms-look");
        ASSERT_TRUE(waitFor([this] { return !page().busy(); }));
    }

private:
    std::unique_ptr<Json> m_result;
};

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
    EXPECT_EQ(find<QLabel>("detail.KMS key").text(), ui::toQString(arn));
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
    EXPECT_TRUE(said().contains(QStringLiteral("once"))) << said().toStdString();
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
    EXPECT_TRUE(find<QLabel>("result.saved").text().contains(ui::toQString(Fingerprint::of(readFile(file, 1 << 20)).hex())));
    part.saveTo(ui::toQString(file.string()));
    ASSERT_TRUE(waitFor([this] { return !said().isEmpty(); }));
    EXPECT_TRUE(said().contains(QStringLiteral("nothing is overwritten"))) << said().toStdString();
}

TEST_F(ImportPageTest, ARehearsalEndsAfterItsImportOnly) {
    openImportOn(QStringLiteral("NSS softokn"));
    fillIn("ended");
    press("import.next");
    ASSERT_TRUE(waitFor([this] { return openPinField() != nullptr; }));
    EXPECT_FALSE(find<QPushButton>("mode-banner.end").isEnabled());
    page().cancel();
    ASSERT_TRUE(waitFor([this] { return !page().busy(); }));
    EXPECT_EQ(page().current(), ImportPage::Run);
    click("mode-banner.end");
    EXPECT_EQ(find<QLabel>("mode-banner.mode").text(), QStringLiteral("PRODUCTION"));
    EXPECT_EQ(page().current(), ImportPage::Key) << "what ran is about nothing any more";
    EXPECT_TRUE(find<QLineEdit>("import.label").text().isEmpty());
}

/// Goes through all sub pages as an officer does, and takes a picture of each where a folder for them is named.
struct Screen {
    const char* name;
    ui::ShadeChoice shade;
    QSize size;

    friend std::ostream& operator<<(std::ostream& stream, const Screen& screen) { return stream << screen.name; }
};

class PicturesOfTheImport : public ImportPageTest, public testing::WithParamInterface<Screen> {
protected:
    void picture(const char* name) { takePicture((GetParam().name + std::string{"-"} + name).c_str()); }
};

TEST_P(PicturesOfTheImport, EverySubPageFitsWithoutSidewaysScrolling) {
    ui::Theme::current().choose(GetParam().shade);
    openImportOn(QStringLiteral("SoftHSM"));
    window().resize(GetParam().size);
    QCoreApplication::processEvents();
    ASSERT_EQ(window().size(), GetParam().size) << "nothing forces the window wider";
    ASSERT_TRUE(waitFor([this] { return find<QLabel>("import.token-kind").isVisible(); }));
    const auto fits = [this](const char* name) {
        picture(name);
        const auto* viewport = page().findChild<QScrollArea*>()->viewport();
        EXPECT_LE(page().findChild<QScrollArea*>()->widget()->width(), viewport->width()) << name;
    };
    fits("1-key");
    type(find<QLineEdit>("import.label"), "orders-2027");
    chooseSpec("ECC_NIST_P384");
    fits("1-key-pair");
    chooseSpec("SYMMETRIC_DEFAULT");
    press("import.next");
    fits("2-kms-key");
    nameExistingKmsKey(createKmsKey(wrapping::KeySpec::Hmac256));
    fits("2-kms-key-mismatch");
    nameExistingKmsKey(createKmsKey(wrapping::KeySpec::SymmetricDefault));
    fits("2-kms-key-seen");
    choose("import.kms-create");
    press("import.next");
    fits("3-wrapping");
    press("import.next");
    press("import.next");
    fits("4-expiry-nothing");
    choose("import.expiry-never");
    fits("4-expiry-never");
    choose("import.expiry-date");
    find<QCalendarWidget>("import.expiry-calendar").setSelectedDate(QDate::currentDate().addDays(200));
    fits("4-expiry-date");
    press("import.next");
    fits("5-review");
    press("import.next");
    ASSERT_TRUE(waitFor([this] { return openPinField() != nullptr; }));
    fits("6-pin");
    answerPin(rehearsalPin());
    agreeUntilTheEnd();
    QTest::qWait(0);
    fits("6-refused");
    press("import.next");
    press("review.wrapping.change");
    type(find<QLineEdit>("import.sha1-reason"), "a rehearsal on SoftHSM 2.6");
    press("stepper.4");
    press("import.next");
    answerPin(rehearsalPin());
    auto* yes = run().findChild<QPushButton*>(QStringLiteral("question.yes"));
    ASSERT_TRUE(waitFor([yes] { return yes->isVisible(); }));
    fits("6-question");
    QTest::mouseClick(yes, Qt::LeftButton);
    seeQuestion();
    fits("6-agree");
    agreeUntilTheEnd();
    ASSERT_EQ(page().current(), ImportPage::Result) << said().toStdString();
    fits("7-result");
}

// 960x540 is what 200 % leave of 1920x1080.
INSTANTIATE_TEST_SUITE_P(Screens, PicturesOfTheImport,
                         testing::Values(Screen{"light", ui::ShadeChoice::Light, {1280, 720}},
                                         Screen{"dark", ui::ShadeChoice::Dark, {1280, 720}},
                                         Screen{"small", ui::ShadeChoice::Light, {960, 540}}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace keyconvoy::tests
