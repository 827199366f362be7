#include "tests/ui/import_page_fixture.h"

#include <QCalendarWidget>

namespace keyconvoy::tests {
namespace {

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
