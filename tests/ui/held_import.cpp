#include "tests/ui/held_import.h"

#include "kmsclient/endpoint.h"
#include "ui/language/text.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <gmock/gmock.h>
#include <QTimer>
#include <sys/wait.h>

namespace keyconvoy::tests {

namespace {

constexpr const char* keyLabel = "held";

std::size_t openSockets() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        std::error_code gone;
        count += std::filesystem::read_symlink(entry.path(), gone).string().starts_with("socket:") ? 1U : 0U;
    }
    return count;
}

bool hasChildren() {
    siginfo_t child{};
    return waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

}  // namespace

/// What pages are given is what a rehearsal would give them, with something before it.
class BentRehearsal {
public:
    static void use(ui::Desk& desk, const pkcs11::ModuleProfile& module, const std::string& url) {
        ui::RehearsalToken token{QStringLiteral("NSS softokn, held"), {.module = module, .token = {}}, {}};
        token.station.token.label = std::string{NssStore::label};
        desk.m_rehearsalTokens = {token};
        desk.m_chosenToken = 0;
        desk.m_rehearsalKms.client.endpointUrl = url;
        Q_EMIT desk.rehearsalChanged();
    }
};

MaskedPinToken::MaskedPinToken() {
    prepareProcess();
    const std::string script = "cd '" + m_folder.path().string() +
                               "' && LC_ALL=C tr -dc 0-9 </dev/urandom | head -c 16 >pin && certutil -N -d sql:. -f pin && "
                               "LC_ALL=C tr 0-9 '\\317\\316\\315\\314\\313\\312\\311\\310\\307\\306' <pin >masked && rm pin";
    runProgram({"sh", "-c", script});
    m_masked = readFile(m_folder.path() / "masked", 64);
    m_pattern = std::make_unique<MaskedPattern>(MaskedPattern::fromMasked(m_masked));
}

pkcs11::ModuleProfile MaskedPinToken::profile() const {
    return {
        .library = NssStore::library(),
        .initString = "configdir='sql:" + m_folder.path().string() + "' certPrefix='' keyPrefix='' secmod='secmod.db' flags= ",
        .environment = {}};
}

void MaskedPinToken::typeInto(QWidget& field) const {
    for (const std::uint8_t octet : m_masked) {
        QTest::keyClick(&field, static_cast<char>(octet ^ MaskedPattern::mask));
    }
}

SecretBytes MaskedPinToken::pin() const {
    SecretBytes pin{m_masked.size()};
    std::ranges::transform(m_masked, pin.writable().begin(),
                           [](std::uint8_t octet) { return static_cast<std::uint8_t>(octet ^ MaskedPattern::mask); });
    return pin;
}

HeldImport::HeldImport() {
    m_socketsBefore = openSockets();
    qputenv("TMPDIR", m_temporary.path().string().c_str());
}

HeldImport::~HeldImport() {
    if (m_proxy) {
        m_proxy->release();
    }
    m_gate.openAll();
    closeEverything();
    qunsetenv("TMPDIR");
}

void HeldImport::prepare(const char* spec) {
    openRehearsal();
    m_shimmed = shimmed(m_token.profile(), m_gate.options());
    m_proxy =
        std::make_unique<FaultProxy>(kms::Endpoint::parse(*desk().kmsStation().client.endpointUrl, verbatim("simulator")).port);
    BentRehearsal::use(desk(), m_shimmed, m_proxy->url());
    QObject::connect(run().findChild<ui::JobPanel*>(), &ui::JobPanel::asked, &window(),
                     [this](const app::Question& question) { m_asked = question.id; });
    window().open(ui::PageId::Import);
    chooseSpec(spec);
    type(find<QLineEdit>("import.label"), keyLabel);
    if (m_existing) {
        const std::string arn = createKmsKey(wrapping::KeySpec::SymmetricDefault);
        press("import.next");
        nameExistingKmsKey(arn);
        press("import.back");
    }
    goToReview();
    ASSERT_TRUE(waitFor([this] { return desk().worker().idle(); }));
}

bool HeldImport::goOnUntil(const std::function<bool()>& reached) {
    if (page().current() == ImportPage::Review) {
        press("import.next");
    }
    while (!reached()) {
        if (!waitFor([&] { return reached() || openPinField() != nullptr || asksYes() || !page().busy(); })) {
            return false;
        }
        if (openPinField() != nullptr) {
            m_token.typeInto(*openPinField());
            QTest::keyClick(openPinField(), Qt::Key_Return);
        } else if (asksYes() && !reached()) {
            yes().click();
        } else if (!page().busy()) {
            return reached();
        }
    }
    return true;
}

bool HeldImport::goOnToQuestion(const std::string& id) {
    return goOnUntil([this, &id] { return asksYes() && m_asked == id; });
}

std::string HeldImport::failureText() {
    return run().findChild<ui::FailurePanel*>()->text().toStdString();
}

std::vector<std::string> HeldImport::tokenCalls() const {
    return m_gate.calls();
}

void HeldImport::expectTheEventLoopGoesOn() {
    int turns = 0;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&turns] { ++turns; });
    timer.start(0);
    EXPECT_TRUE(waitFor([&turns] { return turns >= 100; }));
    EXPECT_TRUE(page().busy());
}

std::vector<pkcs11::ObjectSummary> HeldImport::objectsOnToken() {
    pkcs11::Token token = pkcs11::Token::open(pkcs11::Module::load(m_shimmed), desk().tokenStation().token);
    EXPECT_EQ(token.logIn(m_token.pin(), pkcs11::FinalTryConsent::NotGiven), pkcs11::LoginOutcome::LoggedIn);
    return token.objects();
}

void HeldImport::expectThatWhatExistsIsTold() {
    const std::vector<pkcs11::ObjectSummary> objects = objectsOnToken();
    const auto& left = run().leftBehind();
    const bool finished = page().current() == ImportPage::Result;
    for (const pkcs11::ObjectSummary& object : objects) {
        EXPECT_EQ(object.label, keyLabel);
    }
    const bool keyIsTold = finished || (left && left->tokenKeyUri);
    EXPECT_EQ(!objects.empty(), keyIsTold);
    const auto operations = m_proxy->operations();
    const bool created = std::ranges::count(operations, "CreateKey") > (m_existing ? 1 : 0);
    const bool imported = std::ranges::count(operations, "ImportKeyMaterial") > 0;
    EXPECT_EQ(created || imported, finished || (left && left->kmsKeyArn));
    const bool importIsTold = left && toEnglish(left->what).find("mport") != std::string::npos;
    EXPECT_EQ(imported, finished || importIsTold);
    EXPECT_TRUE(imported || !left || left->rest == app::Rest::Job) << "nothing else is to be made again";
    if (left) {
        EXPECT_THAT(failureText(), testing::HasSubstr(ui::translated(left->what).toStdString())) << "in the page";
    }
}

void HeldImport::expectThatNothingIsLeft() {
    const std::vector<std::string> calls = tokenCalls();
    const auto count = [&calls](const char* function) { return std::ranges::count(calls, function); };
    EXPECT_EQ(count("C_OpenSession"), count("C_CloseSession")) << "session objects go with their session";
    EXPECT_EQ(count("C_Initialize"), count("C_Finalize"));
    closeEverything();
    m_proxy.reset();
    EXPECT_FALSE(hasChildren());
    EXPECT_TRUE(std::filesystem::is_empty(m_temporary.path()));
    EXPECT_EQ(openSockets(), m_socketsBefore);
    if (!sanitizerMakesCopies) {
        EXPECT_EQ(countInOwnMemory(m_token.pattern()), 0U) << "the PIN";
    }
}

}  // namespace keyconvoy::tests
