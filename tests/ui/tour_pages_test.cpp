#include "tests/ui/tour.h"
#include "ui/models/qualification_model.h"
#include "wrapping/key_spec.h"

#include <QCheckBox>
#include <QMessageBox>
#include <QTabBar>
#include <QTableView>
#include <QTableWidget>

namespace keyconvoy::tests {
namespace {

using ui::PageId;

class StartTour : public Tour {};

TEST_P(StartTour, StartAndAbout) {
    openTour(options());
    stop("start");
    window().open(PageId::About);
    stop("about");
    window().open(PageId::Import);
    waitForPart<QPushButton>(page(PageId::Import), "import.token-station");
    stop("import-without-a-station");
}

TEST_P(StartTour, WithoutItsSimulator) {
    ui::DesktopOptions without = options();
    without.simulator = QStringLiteral("/nonexistent/simulator");
    openTour(without);
    click("start.rehearse");
    waitForFailure(page(PageId::Start));
    stop("failure-no-simulator");
}

TEST_P(StartTour, InARehearsal) {
    openTour(options());
    click("start.rehearse");
    stop("start-rehearsal-begins");
    ASSERT_TRUE(waitFor([this] { return window().currentPage() == PageId::Import; }));
    window().open(PageId::Start);
    stop("start-rehearsal");
    window().open(PageId::Station);
    stop("station-rehearsal");
    find<QCheckBox>("station.check.log-in").click();
    click("station.check");
    waitForPart<ui::PinField>(page(PageId::Station), "question.pin");
    stop("station-rehearsal-pin");
    enterPin(page(PageId::Station), rehearsalPin().toStdString());
    waitForPart<QLabel>(page(PageId::Station), "station.verdict");
    stop("station-rehearsal-checked");
    window().open(PageId::Tokens);
    waitForPart<QTabBar>(page(PageId::Tokens), "tokens.sections");
    stop("tokens-rehearsal");
}

KEYCONVOY_TOUR(StartTour);

class StationTour : public Tour {
protected:
    StationTour() {
        for (const char* name : {"Ceremony", "Room", "Backup", "site", "Frankfurt", "p11-kit", "p11-kit-client", "room"}) {
            addName(QString::fromLatin1(name));
        }
    }
    void openStation(const ui::DesktopOptions& options) {
        openTour(options);
        window().open(PageId::Station);
    }
    void fill(const char* edit, const char* text) { find<QLineEdit>(edit).setText(QString::fromLatin1(text)); }
    void saveAs(const char* name) {
        click("station.save");
        fill("station.ask.name", name);
        click("station.ask.take");
    }
    void addVariable(const char* name, const char* value) {
        click("station.environment.add");
        auto& table = find<QTableWidget>("station.environment.table");
        table.item(table.rowCount() - 1, 0)->setText(QString::fromLatin1(name));
        table.item(table.rowCount() - 1, 1)->setText(QString::fromLatin1(value));
    }
    void check() {
        click("station.check");
        waitForPart<QLabel>(page(PageId::Station), "station.verdict");
    }
};

TEST_P(StationTour, ProfilesAndTheirQuestions) {
    openStation(options());
    stop("station-empty");
    check();
    stop("station-empty-checked");
    fill("station.module", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so");
    addVariable("SOFTHSM2_CONF", "/etc/ceremony/softhsm2.conf");
    fill("station.token", "pkcs11:token=Ceremony%20Room;serial=1c2c5d3e8a7f9b40");
    fill("station.aws-profile", "ceremony-2027");
    fill("station.region", "eu-central-1");
    stop("station-filled");
    click("station.save");
    stop("station-ask-name");
    fill("station.ask.name", "Ceremony Room");
    click("station.ask.take");
    click("station.profile.rename");
    fill("station.ask.name", "");
    click("station.ask.take");
    stop("station-ask-name-missing");
    click("station.ask.cancel");
    click("station.profile.delete");
    stop("station-ask-delete");
    click("station.ask.keep");
    fill("station.region", "eu-west-1");
    click("station.profile.new");
    stop("station-ask-unsaved");
    click("station.ask.stay");
    fill("station.token", "pkcs11:token=A?pin-value=1234");
    fill("station.region", "Frankfurt");
    fill("station.endpoint", "http://kms.example.com");
    addVariable("LD_PRELOAD", "/tmp/evil.so");
    stop("station-problems");
}

TEST_P(StationTour, WhatIsFoundAndWhatIsChecked) {
    SoftHsmStore store;
    store.addToken("Ceremony Room");
    store.addToken("Backup site");
    openStation(optionsFor(store.profile(), "Ceremony Room"));
    click("station.module.find");
    waitForPart<QPushButton>(page(PageId::Station), "station.modules.0");
    stop("station-modules");
    click("station.modules.close");
    click("station.token.find");
    waitForPart<QPushButton>(page(PageId::Station), "station.tokens.0");
    stop("station-tokens");
    click("station.tokens.close");
    find<QCheckBox>("station.check.kms").setChecked(false);
    check();
    stop("station-checked");
    fill("station.module", "/nowhere/libtoken.so");
    click("station.token.find");
    waitForFailure(page(PageId::Station));
    stop("station-tokens-failure");
    check();
    stop("station-checked-problems");
}

KEYCONVOY_TOUR(StationTour);

class TokensTour : public Tour {
protected:
    enum Section { Overview, Keys, Qualification };

    TokensTour() {
        for (const char* name : {"Ceremony", "Room", "Backup", "site", "payments", "signing"}) {
            addName(QString::fromLatin1(name));
        }
    }
    [[nodiscard]] QWidget& tokens() { return page(PageId::Tokens); }
    void openTokens(const ui::DesktopOptions& options) {
        openTour(options);
        window().open(PageId::Tokens);
    }
    void openToken(const pkcs11::ModuleProfile& module) {
        openTokens(optionsFor(module, "Ceremony Room"));
        waitForPart<QTabBar>(tokens(), "tokens.sections");
    }
    void openSection(Section section) { find<QTabBar>("tokens.sections").setCurrentIndex(section); }
    static void makeKeys(TestToken& token) {
        pkcs11::Token open = token.openLoggedIn();
        for (const auto& [label, spec] : {std::pair{"payments-2027", wrapping::KeySpec::SymmetricDefault},
                                          std::pair{"signing-2027", wrapping::KeySpec::EccNistP256}}) {
            pkcs11::KeyRequest request;
            request.type = wrapping::tokenKeyType(spec);
            request.label = pkcs11::ObjectLabel{label};
            static_cast<void>(open.generate(request));
        }
    }
};

TEST_P(TokensTour, WithoutATokenToShow) {
    openTokens(options());
    stop("tokens-no-module");
    closeEverything();
    pkcs11::ModuleProfile nowhere;
    nowhere.library = "/nowhere/libtoken.so";
    openTokens(optionsFor(nowhere, "Ceremony Room"));
    waitForFailure(tokens());
    stop("failure-missing-module");
    closeEverything();
    SoftHsmStore store;
    openTokens(optionsFor(store.profile(), ""));
    waitForPart<QWidget>(tokens(), "tokens.uninitialised");
    stop("tokens-not-initialised");
}

TEST_P(TokensTour, ATokenItsKeysAndWhatItCanWrap) {
    const SoftHsmToken token{"Ceremony Room"};
    openToken(token.profile());
    waitForPart<QWidget>(tokens(), "tokens.mechanisms.all");
    stop("tokens-about");
    click("tokens.mechanisms.all");
    stop("tokens-mechanisms");
    openSection(Keys);
    stop("tokens-keys");
    click("tokens.keys.show");
    waitForPart<ui::PinField>(tokens(), "question.pin");
    stop("tokens-keys-pin");
    window().close();
    waitForPart<QPushButton>(window(), "close.stay");
    stop("question-close");
    window().findChild<QPushButton*>(QStringLiteral("close.stay"))->click();
    enterPin(tokens(), userPin);
    waitForPart<QWidget>(tokens(), "tokens.keys.empty");
    stop("tokens-keys-none");
    openSection(Qualification);
    stop("tokens-matrix");
    auto& box = find<QComboBox>("tokens.wrapping-key");
    box.setCurrentIndex(box.findData(static_cast<int>(wrapping::WrappingKeySpec::Rsa2048)));
    auto& matrix = find<QTableView>("tokens.matrix");
    matrix.selectRow(0);
    stop("tokens-matrix-chosen");
    click("tokens.qualify");
    auto& job = find<QWidget>("tokens.qualify.job");
    waitForPart<ui::PinField>(job, "question.pin");
    stop("tokens-matrix-pin");
    enterPin(job, userPin);
    waitForPart<QPushButton>(job, "question.yes");
    stop("tokens-matrix-question");
    waitForPart<QPushButton>(job, "question.yes").click();
    waitForPart<QLabel>(tokens(), "tokens.qualify.summary");
    stop("tokens-matrix-results");
}

TEST_P(TokensTour, KeysThatAreListed) {
    SoftHsmToken token{"Ceremony Room"};
    makeKeys(token);
    openToken(token.profile());
    openSection(Keys);
    click("tokens.keys.show");
    enterPin(tokens(), userPin);
    waitForPart<QTableView>(tokens(), "tokens.keys");
    stop("tokens-keys-listed");
}

TEST_P(TokensTour, SeveralTokens) {
    SoftHsmStore store;
    store.addToken("Ceremony Room");
    store.addToken("Backup site");
    openToken(store.profile());
    stop("tokens-several");
}

TEST_P(TokensTour, ARunThatTakesItsTime) {
    const SoftHsmToken token{"Ceremony Room"};
    Gate gate;
    openToken(shimmed(token.profile(), gate.options()));
    openSection(Qualification);
    auto& box = find<QComboBox>("tokens.wrapping-key");
    box.setCurrentIndex(box.findData(static_cast<int>(wrapping::WrappingKeySpec::Rsa2048)));
    find<QTableView>("tokens.matrix").selectRow(0);
    click("tokens.qualify");
    auto& job = find<QWidget>("tokens.qualify.job");
    enterPin(job, userPin);
    gate.close("C_WrapKey");
    waitForPart<QPushButton>(job, "question.yes").click();
    ASSERT_TRUE(waitFor([&gate] { return gate.reached("C_WrapKey"); }));
    stop("tokens-matrix-running");
    job.findChild<QPushButton*>(QStringLiteral("job.cancel"))->click();
    stop("tokens-matrix-cancelling");
    gate.open("C_WrapKey");
    waitForFailure(tokens());
    stop("tokens-matrix-cancelled");
}

TEST_P(TokensTour, TheLastTryOfThePin) {
    const SoftHsmToken token{"Ceremony Room"};
    openToken(shimmed(token.profile(), {{"user-pin", "final-try"}}));
    stop("tokens-last-try");
    openSection(Keys);
    click("tokens.keys.show");
    waitForPart<QPushButton>(find<QWidget>("tokens.keys.job"), "question.yes");
    stop("question-last-try");
}

KEYCONVOY_TOUR(TokensTour);

}  // namespace
}  // namespace keyconvoy::tests
