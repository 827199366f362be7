#include "tests/support/fault_proxy.h"
#include "tests/ui/tour.h"
#include "ui/widgets/job_panel.h"

#include <atomic>
#include <QCalendarWidget>
#include <QCheckBox>
#include <QFileDialog>
#include <QTableWidget>
#include <QUrl>

namespace keyconvoy::tests {
namespace {

using namespace std::chrono_literals;
using wrapping::KeySpec;

class ImportTour : public Tour {
protected:
    ImportTour() {
        for (const char* name : {"orders", "a", "rehearsal", "on"}) {
            addName(QString::fromLatin1(name));
        }
    }
    [[nodiscard]] QWidget& open() { return Tour::page(ui::PageId::Import); }
    void fillInFor(const char* label) {
        fillIn(label);
        press("review.wrapping.change");
        type(find<QLineEdit>("import.sha1-reason"), "a rehearsal on SoftHSM 2.6");
        press("stepper.4");
    }
    /// The request of this rehearsal, as the page would make it.
    [[nodiscard]] app::ImportRequest request() {
        app::ImportRequest request;
        request.token = desk().tokenStation();
        request.kms = desk().kmsStation();
        request.qualificationFolder = desk().qualificationFolder();
        request.key.generateWithLabel = pkcs11::ObjectLabel{"orders-2027"};
        request.wrapping.keySpec = wrapping::WrappingKeySpec::Rsa2048;
        request.wrapping.allowSha1 = app::Sha1Permission{"a rehearsal on SoftHSM 2.6"};
        request.expiry = app::Expiry::parse("P30D");
        return request;
    }
    /// The sub page of the run, open: a first run has ended at its PIN.
    void openRun() {
        openRehearsalTour(QStringLiteral("SoftHSM"));
        fillInFor("orders-2027");
        press("import.next");
        answerPin(QStringLiteral("definitely wrong"));
        ASSERT_TRUE(waitFor([this] { return !run().busy(); }));
    }
    void runToItsFailure() {
        answerPin(rehearsalPin());
        agreeUntilTheEnd();
        waitForFailure(open());
    }
};

TEST_P(ImportTour, FromTheKeyToTheResult) {
    openRehearsalTour(QStringLiteral("SoftHSM"));
    stop("import-1-key");
    press("import.next");
    stop("import-1-key-no-label");
    type(find<QLineEdit>("import.label"), "orders-2027");
    chooseSpec("ECC_NIST_P384");
    stop("import-1-key-pair");
    chooseSpec("SYMMETRIC_DEFAULT");
    find<QComboBox>("import.key-spec").showPopup();
    stop("import-1-key-specs");
    find<QComboBox>("import.key-spec").hidePopup();
    press("import.next");
    stop("import-2-kms-key");
    press("import.next");
    stop("import-3-wrapping");
    choose("import.algorithm.RSAES_OAEP_SHA_1");
    press("import.next");
    stop("import-3-wrapping-sha1-without-reason");
    choose("import.strongest");
    press("import.next");
    stop("import-4-expiry");
    press("import.next");
    stop("import-4-expiry-nothing-chosen");
    choose("import.expiry-period");
    find<QSpinBox>("import.expiry-days").setValue(30);
    stop("import-4-expiry-days");
    choose("import.expiry-never");
    stop("import-4-expiry-never");
    press("import.next");
    stop("import-4-expiry-never-once");
    find<QCheckBox>("import.expiry-never-again").click();
    stop("import-4-expiry-never-twice");
    choose("import.expiry-date");
    find<QCalendarWidget>("import.expiry-calendar").setSelectedDate(QDate::currentDate().addDays(200));
    stop("import-4-expiry-date");
    press("import.next");
    stop("import-5-review");
    press("import.next");
    ASSERT_TRUE(waitFor([this] { return openPinField() != nullptr; }));
    stop("import-6-pin");
    answerPin(rehearsalPin());
    agreeUntilTheEnd();
    stop("failure-refused-algorithm");
    press("import.next");
    stop("import-5-review-taken-up");
    press("review.wrapping.change");
    stop("import-3-wrapping-changed");
    type(find<QLineEdit>("import.sha1-reason"), "a rehearsal on SoftHSM 2.6");
    press("stepper.4");
    press("import.next");
    answerPin(rehearsalPin());
    auto* yes = run().findChild<QPushButton*>(QStringLiteral("question.yes"));
    ASSERT_TRUE(waitFor([yes] { return yes->isVisible(); }));
    stop("import-6-question");
    window().open(ui::PageId::Tokens);
    stop("tokens-waiting");
    window().open(ui::PageId::Import);
    QTest::mouseClick(yes, Qt::LeftButton);
    seeQuestion();
    stop("import-6-agree");
    agreeUntilTheEnd();
    ASSERT_EQ(ImportPageTest::page().current(), ui::ImportPage::Result) << said().toStdString();
    stop("import-7-result");
    press("result.save");
    auto* dialog = open().findChild<QFileDialog*>(QStringLiteral("result.file"));
    ASSERT_NE(dialog, nullptr);
    stop("import-7-result-file");
    dialog->reject();
    find<ui::ResultPart>("import.part.6").saveTo(ui::toQString((folder() / "result.json").string()));
    ASSERT_TRUE(waitFor([this] { return !find<QLabel>("result.saved").text().isEmpty(); }));
    stop("import-7-result-saved");
    find<ui::ResultPart>("import.part.6").saveTo(ui::toQString((folder() / "result.json").string()));
    waitForFailure(open());
    stop("import-7-result-not-overwritten");
}

TEST_P(ImportTour, KeysAndKmsKeysThatExist) {
    openRehearsalTour(QStringLiteral("NSS softokn"));
    choose("import.existing");
    stop("import-1-key-existing");
    press("import.list-keys");
    ASSERT_TRUE(waitFor([this] { return openPinField() != nullptr; }));
    stop("import-1-key-existing-pin");
    answerPin(rehearsalPin());
    waitForPart<QLabel>(open(), "import.keys-none");
    stop("import-1-key-existing-none");
    choose("import.generate");
    fillIn("orders-2027");
    importAsFilledIn();
    ASSERT_EQ(ImportPageTest::page().current(), ui::ImportPage::Result) << said().toStdString();
    stop("import-7-result-same-material");
    press("import.next");
    choose("import.existing");
    press("import.list-keys");
    answerPin(rehearsalPin());
    waitForPart<QTableWidget>(open(), "import.keys").selectRow(0);
    stop("import-1-key-existing-picked");
    press("import.next");
    choose("import.kms-existing");
    stop("import-2-kms-key-existing");
    nameExistingKmsKey(createKmsKey(KeySpec::SymmetricDefault));
    stop("import-2-kms-key-fits");
    nameExistingKmsKey(createKmsKey(KeySpec::Hmac256));
    stop("import-2-kms-key-mismatch");
    press("import.next");
    stop("import-2-kms-key-refused");
    nameExistingKmsKey("12345678-1234-1234-1234-123456789012");
    waitForFailure(open());
    stop("failure-kms-error");
}

TEST_P(ImportTour, AWrongPinAndExpiredParameters) {
    openRun();
    stop("failure-wrong-pin");
    std::shared_ptr<std::atomic<bool>> late = std::make_shared<std::atomic<bool>>(false);
    run().findChild<ui::JobPanel*>()->run([request = request(), late](app::RunContext context) {
        context.clock = [late] { return systemNow() + (*late ? 25h : 0h); };
        context.observe = [late, observe = context.observe](const app::StepEvent& event) {
            observe(event);
            *late = *late || (event.step == "token.wrap" && event.phase == app::StepPhase::Done);
        };
        return app::makeImportJob(request, std::move(context));
    });
    runToItsFailure();
    stop("failure-expired-parameters");
}

TEST_P(ImportTour, ATokenThatIsPulled) {
    openRun();
    app::ImportRequest pulled = request();
    pulled.token.module =
        shimmed(pulled.token.module, {{"fail", "C_WrapKey:2:32"}});  // CKR_DEVICE_REMOVED; 1 is the qualification's
    run().begin(pulled);
    runToItsFailure();
    stop("failure-pulled-token");
}

TEST_P(ImportTour, ANetworkThatIsLost) {
    openRun();
    app::ImportRequest lost = request();
    const QUrl simulator{ui::toQString(lost.kms.client.endpointUrl.value())};
    FaultProxy proxy{static_cast<std::uint16_t>(simulator.port())};
    proxy.inject(Fault::Nothing, "ImportKeyMaterial", 100);
    lost.kms.client.endpointUrl = proxy.url();
    run().begin(lost);
    runToItsFailure();
    stop("failure-lost-network");
}

KEYCONVOY_TOUR(ImportTour);

}  // namespace
}  // namespace keyconvoy::tests
