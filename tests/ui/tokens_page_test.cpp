#include "app/inventory/key_jobs.h"
#include "app/station/to_json.h"
#include "app/station/token_jobs.h"
#include "tests/ui/desktop_test.h"
#include "ui/language/text.h"
#include "ui/models/keys_model.h"
#include "ui/models/qualification_model.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/pin_field.h"
#include "wrapping/key_spec.h"

#include <algorithm>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QTabBar>
#include <QTableView>

namespace keyconvoy::tests {
namespace {

using wrapping::KeySpec;
using wrapping::WrappingAlgorithm;
using State = ui::QualificationModel::State;

enum Section { Overview, Keys, Qualification };

class TokensPageTest : public DesktopTest {
protected:
    TokensPageTest() { ::setenv("XDG_STATE_HOME", folder().c_str(), 1); }  // NOLINT(concurrency-mt-unsafe): before any thread

    void openTokens(const ui::DesktopOptions& options) {
        openWindow(options);
        window().open(ui::PageId::Tokens);
    }
    void openToken(const TestToken& token) {
        openTokens(optionsFor(token.profile(), token.label()));
        ASSERT_TRUE(waitFor([this] { return find<QTabBar>("tokens.sections").isVisible(); }));
    }
    void openSection(Section section) { find<QTabBar>("tokens.sections").setCurrentIndex(section); }
    void enterPin(const char* job) {
        auto* pin = find<QWidget>(job).findChild<ui::PinField*>();
        ASSERT_TRUE(waitFor([pin] { return pin->isVisible(); }));
        type(*pin, userPin);
        QTest::keyClick(pin, Qt::Key_Return);
    }
    ui::QualificationModel& matrix() { return dynamic_cast<ui::QualificationModel&>(*find<QTableView>("tokens.matrix").model()); }
    QModelIndex cell(KeySpec spec, WrappingAlgorithm algorithm) {
        for (int row = 0; row < matrix().rowCount(); ++row) {
            for (int column = 0; column < matrix().columnCount(); ++column) {
                const auto combination = matrix().combination(matrix().index(row, column));
                if (combination.keySpec == spec && combination.choice.algorithm == algorithm) {
                    return matrix().index(row, column);
                }
            }
        }
        return {};
    }
    void chooseWrappingKey(wrapping::WrappingKeySpec spec) {
        auto& box = find<QComboBox>("tokens.wrapping-key");
        box.setCurrentIndex(box.findData(static_cast<int>(spec)));
    }
    QString cellText() { return find<ui::DetailsView>("tokens.cell").text(); }
    /// Tries the chosen cells to the end.
    void tryChosen() {
        click("tokens.qualify");
        enterPin("tokens.qualify.job");
        auto* yes = find<QWidget>("tokens.qualify.job").findChild<QPushButton*>(QStringLiteral("question.yes"));
        ASSERT_TRUE(waitFor([yes] { return yes->isVisible() && yes->isEnabled(); }));
        yes->click();
        ASSERT_TRUE(waitFor([this] { return find<QLabel>("tokens.qualify.summary").isVisible(); }));
    }
};

TEST_F(TokensPageTest, WithoutAModuleItSaysWhereToNameOne) {
    openTokens(options());
    EXPECT_TRUE(find<QLabel>("tokens.empty.heading").isVisible());
    click("tokens.empty.station");
    EXPECT_EQ(window().currentPage(), ui::PageId::Station);
}

TEST_F(TokensPageTest, TokensAreListedInWords) {
    SoftHsmStore store;
    store.addToken("Ceremony A");
    store.addToken("Backup B");
    openTokens(optionsFor(store.profile(), "Ceremony A"));
    ASSERT_TRUE(waitFor([this] { return window().findChild<ui::ChoiceButton*>(QStringLiteral("tokens.card.2")) != nullptr; }));
    QStringList names;
    for (const ui::ChoiceButton* card : window().page(ui::PageId::Tokens)->findChildren<ui::ChoiceButton*>()) {
        names << card->accessibleName() + QStringLiteral(" ") + card->accessibleDescription();
        EXPECT_EQ(card->isChecked(), card->accessibleName().startsWith(QStringLiteral("Ceremony A")));
        EXPECT_TRUE(card->accessibleDescription().contains(QStringLiteral("Software token")));
    }
    const QString all = names.join(QLatin1Char{'\n'});
    EXPECT_TRUE(all.contains(QStringLiteral("Backup B, serial "))) << all.toStdString();
    EXPECT_TRUE(all.contains(QStringLiteral("PIN: fine"))) << all.toStdString();
    EXPECT_TRUE(all.contains(QStringLiteral("Not initialised"))) << all.toStdString();
    EXPECT_EQ(desk().tokenKind(), ui::Desk::TokenKind::Software);  // so the banner says it, too
}

TEST_F(TokensPageTest, ATokenThatIsNotInitialisedSaysWhatToDo) {
    SoftHsmStore store;
    openTokens(optionsFor(store.profile(), ""));
    ASSERT_TRUE(waitFor([this] { return find<QWidget>("tokens.uninitialised").isVisible(); }));
    EXPECT_FALSE(find<QTabBar>("tokens.sections").isVisible());
}

TEST_F(TokensPageTest, AModuleThatIsMissingIsAFailure) {
    pkcs11::ModuleProfile nowhere;
    nowhere.library = "/nowhere/libtoken.so";
    openTokens(optionsFor(nowhere, "A"));
    EXPECT_TRUE(waitFor([this] {
        auto* cause = window().page(ui::PageId::Tokens)->findChild<QLabel*>(QStringLiteral("failure.remedy"));
        return cause != nullptr && cause->isVisible();
    }));
}

class TokensPageOfEachToken : public TokensPageTest, public testing::WithParamInterface<TokenKind> {};

TEST_P(TokensPageOfEachToken, KeysAreShownWithAllThatTheTokenStates) {
    TestToken token{GetParam()};
    std::vector<pkcs11::KeyDescription> keys;
    {
        pkcs11::Token open = token.openLoggedIn();
        pkcs11::KeyRequest request;
        request.type = wrapping::tokenKeyType(KeySpec::SymmetricDefault);
        request.label = pkcs11::ObjectLabel{"payments"};
        static_cast<void>(open.generate(request));
        keys = open.keys();
    }
    openToken(token);
    openSection(Keys);
    click("tokens.keys.show");
    enterPin("tokens.keys.job");
    auto& table = find<QTableView>("tokens.keys");
    ASSERT_TRUE(waitFor([&] { return table.isVisible(); }));
    ASSERT_EQ(table.model()->rowCount(), static_cast<int>(keys.size()));
    EXPECT_EQ(table.model()->index(0, ui::KeysModel::Label).data().toString(), QStringLiteral("payments"));
    EXPECT_EQ(table.model()->index(0, ui::KeysModel::Fits).data().toString(), QStringLiteral("SYMMETRIC_DEFAULT"));
    EXPECT_EQ(table.model()->index(0, ui::KeysModel::Local).data().toString(), ui::translated(app::inWords(keys.front().local)));
    const QString shown = find<ui::DetailsView>("tokens.key").text();
    for (const app::Detail& detail : app::attributeDetails(keys.front())) {
        const QString line = ui::translatedSentence(detail.name) + QStringLiteral(": ") + ui::translated(detail.value);
        EXPECT_TRUE(shown.contains(line)) << line.toStdString();
    }
}

TEST_P(TokensPageOfEachToken, WithoutKeysItSaysSo) {
    const TestToken token{GetParam()};
    openToken(token);
    openSection(Keys);
    click("tokens.keys.show");
    enterPin("tokens.keys.job");
    ASSERT_TRUE(waitFor([this] { return find<QWidget>("tokens.keys.empty").isVisible(); }));
    click("tokens.keys.empty.import");
    EXPECT_EQ(window().currentPage(), ui::PageId::Import);
}

INSTANTIATE_TEST_SUITE_P(Tokens, TokensPageOfEachToken, testing::Values(TokenKind::SoftHsm, TokenKind::Nss),
                         [](const auto& row) { return row.param == TokenKind::SoftHsm ? "SoftHsm" : "Nss"; });

TEST_F(TokensPageTest, TryingFillsTheMatrixAsTheEngineFoundIt) {
    const SoftHsmToken token;
    openToken(token);
    openSection(Qualification);
    chooseWrappingKey(wrapping::WrappingKeySpec::Rsa2048);
    const QModelIndex aesSha1 = cell(KeySpec::SymmetricDefault, WrappingAlgorithm::RsaesOaepSha1);
    const QModelIndex rsaSha1 = cell(KeySpec::Rsa2048, WrappingAlgorithm::RsaAesKeyWrapSha1);
    EXPECT_EQ(aesSha1.data().toString(), QStringLiteral("not tried"));
    auto* chosen = find<QTableView>("tokens.matrix").selectionModel();
    chosen->select(aesSha1, QItemSelectionModel::Select);
    chosen->select(rsaSha1, QItemSelectionModel::Select);
    tryChosen();
    EXPECT_EQ(aesSha1.data().toString(), QStringLiteral("yes"));
    EXPECT_EQ(rsaSha1.data().toString(), QStringLiteral("no")) << "SoftHSM 2.6 wraps RSA keys wrongly";

    const auto kept = app::surveyToken({token.profile(), token.selector()}, std::nullopt).qualifications;
    ASSERT_EQ(kept.size(), 2U);
    for (const auto& result : kept) {
        const QModelIndex index = cell(result.combination.keySpec, result.combination.choice.algorithm);
        EXPECT_EQ(matrix().state(index), result.chosen ? State::Yes : State::No);
        find<QTableView>("tokens.matrix").setCurrentIndex(index);
        EXPECT_TRUE(cellText().contains(ui::translated(result.explanation))) << cellText().toStdString();
        EXPECT_TRUE(cellText().contains(ui::toQString(toRfc3339(result.date))));
    }
}

TEST_F(TokensPageTest, KeptResultsAreThereFromTheStart) {
    const SoftHsmToken token;
    openToken(token);
    openSection(Qualification);
    chooseWrappingKey(wrapping::WrappingKeySpec::Rsa2048);
    const QModelIndex aesSha256 = cell(KeySpec::SymmetricDefault, WrappingAlgorithm::RsaesOaepSha256);
    find<QTableView>("tokens.matrix").setCurrentIndex(aesSha256);
    tryChosen();
    EXPECT_EQ(matrix().state(aesSha256), State::No);
    closeEverything();

    openToken(token);
    chooseWrappingKey(wrapping::WrappingKeySpec::Rsa2048);
    ASSERT_TRUE(waitFor(
        [this] { return matrix().state(cell(KeySpec::SymmetricDefault, WrappingAlgorithm::RsaesOaepSha256)) == State::No; }));
}

TEST_F(TokensPageTest, WhatKmsDoesNotTakeNamesTheRuleAndCannotBeTried) {
    const SoftHsmToken token;
    openToken(token);
    openSection(Qualification);
    const QModelIndex index = cell(KeySpec::Rsa2048, WrappingAlgorithm::RsaesOaepSha256);
    EXPECT_EQ(index.data().toString(), QStringLiteral("not taken by KMS"));
    find<QTableView>("tokens.matrix").setCurrentIndex(index);
    EXPECT_FALSE(find<QPushButton>("tokens.qualify").isEnabled());
    EXPECT_TRUE(cellText().contains(QStringLiteral("RSA_AES_KEY_WRAP"))) << cellText().toStdString();
}

TEST_F(TokensPageTest, AskedWithNoNothingIsTried) {
    const SoftHsmToken token;
    openToken(token);
    openSection(Qualification);
    const QModelIndex index = cell(KeySpec::SymmetricDefault, WrappingAlgorithm::RsaesOaepSha1);
    find<QTableView>("tokens.matrix").setCurrentIndex(index);
    click("tokens.qualify");
    EXPECT_TRUE(window().page(ui::PageId::Tokens)->busy());
    auto* no = find<QWidget>("tokens.qualify.job").findChild<QPushButton*>(QStringLiteral("question.no"));
    ASSERT_TRUE(waitFor([no] { return no->isVisible(); }));
    no->click();
    ASSERT_TRUE(waitFor([this] { return !window().page(ui::PageId::Tokens)->busy(); }));
    EXPECT_EQ(matrix().state(index), State::NotTried);
}

TEST_F(TokensPageTest, ARehearsalShowsItsOwnTokensAndTellsThePin) {
    openRehearsal();
    window().open(ui::PageId::Tokens);
    ASSERT_TRUE(waitFor([this] { return find<QTabBar>("tokens.sections").isVisible(); }));
    EXPECT_TRUE(find<QComboBox>("tokens.rehearsal").isVisible());
    openSection(Keys);
    click("tokens.keys.show");
    auto* hint = find<QWidget>("tokens.keys.job").findChild<QLabel*>(QStringLiteral("question.hint"));
    ASSERT_TRUE(waitFor([hint] { return hint->isVisible(); }));
    EXPECT_TRUE(hint->text().contains(desk().rehearsalTokens().front().pin));
}

}  // namespace
}  // namespace keyconvoy::tests
