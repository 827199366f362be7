#pragma once

#include "kmsclient/kms_client.h"
#include "tests/ui/desktop_test.h"
#include "ui/language/text.h"
#include "ui/pages/import/result_part.h"
#include "ui/pages/import/run_part.h"
#include "ui/pages/import_page.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/fingerprint_view.h"
#include "ui/widgets/flowing_label.h"
#include "ui/widgets/pin_field.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QSpinBox>

namespace keyconvoy::tests {

using ui::ImportPage;

/// The import page in a rehearsal, and the ways an officer goes through it.
class ImportPageTest : public DesktopTest {
protected:
    /// A rehearsal with the import page open and this token chosen.
    void openImportOn(const QString& token) { openImportOn(token, options()); }
    void openImportOn(const QString& token, const ui::DesktopOptions& options) {
        openRehearsal(options);
        window().open(ui::PageId::Import);
        auto& tokens = find<QComboBox>("import.rehearsal-token");
        ASSERT_GE(tokens.findText(token), 0) << "packaging/test installs both software tokens";
        tokens.setFocus();
        QTest::keyClicks(&tokens, token.section(QLatin1Char{' '}, 0, 0));  // a blank would open the list
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
        const int row = specs.findText(QString::fromLatin1(name), Qt::MatchContains);
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
        return label == nullptr ? QStringLiteral("(not shown)") : ui::FlowingLabel::given(*label);
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
    [[nodiscard]] static QString withoutBlanks(QString text) { return text.remove(QLatin1Char{' '}).remove(QLatin1Char{'\n'}); }

    std::unique_ptr<Json> m_result;
};

}  // namespace keyconvoy::tests
