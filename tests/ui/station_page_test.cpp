#include "app/station/to_json.h"
#include "tests/support/token_fixture.h"
#include "tests/ui/desktop_test.h"
#include "ui/language/text.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/pin_field.h"

#include <fstream>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>

namespace keyconvoy::tests {
namespace {

class StationPageTest : public DesktopTest {
protected:
    void openStation(const ui::DesktopOptions& options) {
        openWindow(options);
        window().open(ui::PageId::Station);
    }
    QString textOf(const char* edit) { return find<QLineEdit>(edit).text(); }
    void fill(const char* edit, const QString& text) { find<QLineEdit>(edit).setText(text); }
    void saveAs(const QString& name) {
        click("station.save");
        fill("station.ask.name", name);
        click("station.ask.take");
    }
    void addVariable(const QString& name, const QString& value) {
        click("station.environment.add");
        auto& table = find<QTableWidget>("station.environment.table");
        table.item(table.rowCount() - 1, 0)->setText(name);
        table.item(table.rowCount() - 1, 1)->setText(value);
    }
    /// Runs the doctor to its end and gives the words of all it shows.
    QString check(bool askKms = false) {
        find<QCheckBox>("station.check.kms").setChecked(askKms);
        click("station.check");
        EXPECT_TRUE(waitFor([this] { return find<QLabel>("station.verdict").isVisible(); }));
        return findings();
    }
    QString findings() {
        QString words;
        for (const QLabel* label : find<QWidget>("station.findings").findChildren<QLabel*>()) {
            words += label->text() + QLatin1Char{'\n'};
        }
        return words;
    }
};

TEST_F(StationPageTest, SettingsThatCannotBeWrittenAreSaid) {
    std::ofstream{folder() / "file"} << "no folder\n";
    ui::DesktopOptions unwritable = options();
    unwritable.settingsFolder = ui::toQString((folder() / "file" / "settings").string());
    openStation(unwritable);
    fill("station.module", ui::toQString(SoftHsmStore::library().string()));
    fill("station.token", QStringLiteral("Ceremony"));
    saveAs(QStringLiteral("Site A"));
    const QString state = find<QLabel>("station.state").text();
    EXPECT_TRUE(state.contains(unwritable.settingsFolder)) << state.toStdString();
}

TEST_F(StationPageTest, SettingsThatCannotBeReadArePutAsideAndNotWrittenOver) {
    const std::filesystem::path settings = folder() / "settings";
    std::filesystem::create_directory(settings);
    const std::string broken = "this is [no settings file\n\x01\x02 nonsense\n";
    std::ofstream{settings / "desktop.conf"} << broken;
    openStation(options());
    fill("station.module", ui::toQString(SoftHsmStore::library().string()));
    fill("station.token", QStringLiteral("Ceremony"));
    saveAs(QStringLiteral("Site A"));
    EXPECT_EQ(asText(readFile(settings / "desktop.conf.unreadable", 1000)), broken);
    EXPECT_NE(asText(readFile(settings / "desktop.conf", 10'000)).find("Ceremony"), std::string_view::npos);
}

TEST_F(StationPageTest, AProfileSurvivesARestart) {
    openStation(options());
    fill("station.module", ui::toQString(SoftHsmStore::library().string()));
    fill("station.token", QStringLiteral("Ceremony"));
    fill("station.region", QStringLiteral("eu-central-1"));
    addVariable(QStringLiteral("SOFTHSM2_CONF"), QStringLiteral("/etc/ceremony.conf"));
    saveAs(QStringLiteral("Site A"));
    const ui::StationProfile saved = desk().profile();
    closeEverything();

    openStation(options());
    EXPECT_EQ(desk().profile(), saved);
    EXPECT_EQ(find<QComboBox>("station.profile").currentText(), QStringLiteral("Site A"));
    EXPECT_EQ(textOf("station.token"), QStringLiteral("Ceremony"));
    EXPECT_EQ(find<QTableWidget>("station.environment.table").item(0, 1)->text(), QStringLiteral("/etc/ceremony.conf"));
    EXPECT_FALSE(find<QPushButton>("station.save").isEnabled()) << "nothing was changed since";
}

TEST_F(StationPageTest, ChangesAreUsedByJobsOnceTheyAreSaved) {
    openStation(options());
    fill("station.token", QStringLiteral("One"));
    saveAs(QStringLiteral("Site A"));
    fill("station.token", QStringLiteral("Two"));
    EXPECT_TRUE(find<QLabel>("station.state").text().contains(QStringLiteral("not saved")));
    EXPECT_EQ(desk().profile().token, QStringLiteral("One"));
    click("station.save");
    EXPECT_EQ(desk().profile().token, QStringLiteral("Two"));
}

TEST_F(StationPageTest, AnotherProfileIsNotOpenedOverUnsavedChangesUnasked) {
    openStation(options());
    fill("station.token", QStringLiteral("One"));
    saveAs(QStringLiteral("Site A"));
    click("station.profile.new");
    fill("station.ask.name", QStringLiteral("Site B"));
    click("station.ask.take");
    EXPECT_TRUE(textOf("station.token").isEmpty());
    fill("station.token", QStringLiteral("Typed"));
    auto& names = find<QComboBox>("station.profile");
    Q_EMIT names.activated(names.findText(QStringLiteral("Site A")));
    EXPECT_EQ(textOf("station.token"), QStringLiteral("Typed"));
    click("station.ask.lose");
    EXPECT_EQ(textOf("station.token"), QStringLiteral("One"));
    EXPECT_EQ(desk().profile().name, QStringLiteral("Site A"));
}

TEST_F(StationPageTest, AProfileIsDuplicatedRenamedAndDeletedAfterAQuestion) {
    openStation(options());
    fill("station.token", QStringLiteral("One"));
    saveAs(QStringLiteral("Site A"));
    click("station.profile.copy");
    click("station.ask.take");
    EXPECT_EQ(desk().profiles().names(), (QStringList{QStringLiteral("Copy of Site A"), QStringLiteral("Site A")}));
    click("station.profile.rename");
    fill("station.ask.name", QStringLiteral("Site A"));
    click("station.ask.take");
    EXPECT_TRUE(find<QLabel>("station.ask.problem").isVisible()) << "the name is taken";
    fill("station.ask.name", QStringLiteral("Site C"));
    click("station.ask.take");
    EXPECT_EQ(desk().profiles().names(), (QStringList{QStringLiteral("Site A"), QStringLiteral("Site C")}));
    EXPECT_EQ(desk().profile().name, QStringLiteral("Site C"));
    click("station.profile.delete");
    click("station.ask.keep");
    EXPECT_EQ(desk().profiles().names().size(), 2);
    click("station.profile.delete");
    click("station.ask.delete");
    EXPECT_EQ(desk().profiles().names(), QStringList{QStringLiteral("Site A")});
    EXPECT_EQ(desk().profile().name, QStringLiteral("Site A"));
}

TEST_F(StationPageTest, LdPreloadIsRefusedAtItsField) {
    openStation(options());
    addVariable(QStringLiteral("LD_PRELOAD"), QStringLiteral("/tmp/evil.so"));
    auto& problem = find<QLabel>("station.environment.problem");
    EXPECT_TRUE(problem.isVisible());
    EXPECT_TRUE(problem.text().contains(QStringLiteral("LD_PRELOAD"))) << problem.text().toStdString();
    EXPECT_FALSE(find<QPushButton>("station.save").isEnabled());
}

TEST_F(StationPageTest, WhatCannotBeTakenIsSaidAtItsField) {
    openStation(options());
    fill("station.token", QStringLiteral("pkcs11:token=A?pin-value=1234"));
    fill("station.region", QStringLiteral("Frankfurt"));
    fill("station.endpoint", QStringLiteral("http://kms.example.com"));
    for (const char* name : {"station.token.problem", "station.region.problem", "station.endpoint.problem"}) {
        EXPECT_TRUE(find<QLabel>(name).isVisible()) << name;
    }
    EXPECT_FALSE(find<QLabel>("station.token.problem").text().contains(QStringLiteral("1234"))) << "a PIN is not repeated";
    fill("station.region", QStringLiteral("eu-central-1"));
    EXPECT_FALSE(find<QLabel>("station.region.problem").isVisible());
}

TEST_F(StationPageTest, SaveFollowsEachChangeAtOnce) {
    openStation(options());
    fill("station.token", QStringLiteral("One"));
    saveAs(QStringLiteral("Site A"));
    fill("station.token", QStringLiteral("pkcs11:token=One;pin-value=12345678"));
    EXPECT_FALSE(find<QPushButton>("station.save").isEnabled());
    fill("station.token", QStringLiteral("Two"));
    EXPECT_TRUE(find<QPushButton>("station.save").isEnabled());
    fill("station.region", QStringLiteral("eu-west-1X"));
    EXPECT_FALSE(find<QPushButton>("station.save").isEnabled());
    fill("station.region", QStringLiteral("eu-west-1"));
    EXPECT_TRUE(find<QPushButton>("station.save").isEnabled());
}

TEST_F(StationPageTest, TheTokensOfTheModuleAreOffered) {
    SoftHsmStore store;
    store.addToken("Ceremony A");
    openStation(optionsFor(store.profile(), ""));
    click("station.token.find");
    ASSERT_TRUE(waitFor([this] { return window().findChild<ui::ChoiceButton*>(QStringLiteral("station.tokens.0")) != nullptr; }));
    EXPECT_EQ(window().findChild<ui::ChoiceButton*>(QStringLiteral("station.tokens.1")), nullptr)
        << "one that is not initialised cannot be chosen";
    click("station.tokens.0");
    EXPECT_EQ(pkcs11::TokenSelector::parse(ui::toUtf8(textOf("station.token"))).label, "Ceremony A");
    EXPECT_FALSE(find<QWidget>("station.tokens").isVisible());
}

TEST_F(StationPageTest, TheModulesOfThisMachineAreOffered) {
    openStation(options());
    click("station.module.find");
    ASSERT_TRUE(
        waitFor([this] { return window().findChild<ui::ChoiceButton*>(QStringLiteral("station.modules.0")) != nullptr; }));
    click("station.modules.0");
    EXPECT_TRUE(std::filesystem::exists(ui::toUtf8(textOf("station.module"))));
}

TEST_F(StationPageTest, TheCheckOfAGoodTokenSaysWhatToKnow) {
    SoftHsmStore store;
    store.addToken("Ceremony A");
    openStation(optionsFor(store.profile(), "Ceremony A"));
    const QString words = check();
    EXPECT_TRUE(words.contains(QStringLiteral("Token found: Ceremony A"))) << words.toStdString();
    EXPECT_TRUE(words.contains(QStringLiteral("Token: software")));
    EXPECT_LT(words.indexOf(QStringLiteral("Token: software")), words.indexOf(QStringLiteral("Token found"))) << "gravest first";
    EXPECT_TRUE(find<QLabel>("station.verdict").text().contains(QStringLiteral("works")));
}

TEST_F(StationPageTest, TheCheckLogsInWhenAskedTo) {
    SoftHsmStore store;
    store.addToken("Ceremony A");
    openStation(optionsFor(store.profile(), "Ceremony A"));
    find<QCheckBox>("station.check.kms").setChecked(false);
    find<QCheckBox>("station.check.log-in").setChecked(true);
    click("station.check");
    auto* pin = window().page(ui::PageId::Station)->findChild<ui::PinField*>();
    ASSERT_TRUE(waitFor([pin] { return pin->isVisible(); }));
    EXPECT_TRUE(window().page(ui::PageId::Station)->busy());
    type(*pin, "00000000");
    QTest::keyClick(pin, Qt::Key_Return);
    ASSERT_TRUE(waitFor([this] { return find<QLabel>("station.verdict").isVisible(); }));
    EXPECT_TRUE(find<QLabel>("station.verdict").text().contains(QStringLiteral("not ready"))) << "a wrong PIN is a problem";
    EXPECT_FALSE(window().page(ui::PageId::Station)->busy());
}

TEST_F(StationPageTest, AMissingModuleIsAProblemWithItsRemedy) {
    openStation(options());
    fill("station.module", QStringLiteral("/nowhere/libtoken.so"));
    const QString words = check();
    EXPECT_TRUE(words.contains(QStringLiteral("/nowhere/libtoken.so"))) << words.toStdString();
    EXPECT_TRUE(words.contains(QStringLiteral("What to do: ")));
    EXPECT_TRUE(find<QLabel>("station.verdict").text().contains(QStringLiteral("not ready")));
}

TEST_F(StationPageTest, ARehearsalHasAStationOfItsOwnThatCanBeChecked) {
    openRehearsal();
    window().open(ui::PageId::Station);
    EXPECT_TRUE(find<QWidget>("station.rehearsal").isVisible());
    EXPECT_FALSE(find<QLineEdit>("station.module").isVisible());
    const QString words = check(true);
    EXPECT_TRUE(words.contains(QStringLiteral("KMS answers"))) << words.toStdString();
    EXPECT_TRUE(words.contains(QStringLiteral("Mode: rehearsal, and the evidence agrees")));
}

}  // namespace
}  // namespace keyconvoy::tests
