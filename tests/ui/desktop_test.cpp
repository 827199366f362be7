#include "tests/ui/desktop_test.h"

#include "ui/language/text.h"
#include "ui/widgets/pin_field.h"

#include <fstream>
#include <QApplication>
#include <QPushButton>

namespace keyconvoy::tests {

namespace {

constexpr int minute = 60'000;

}  // namespace

DesktopTest::DesktopTest() : m_theme{std::make_unique<ui::Theme>(*qApp)} {
    ui::installPinFieldAccessibility();
}

DesktopTest::~DesktopTest() {
    closeEverything();
}

ui::DesktopOptions DesktopTest::options() const {
    ui::DesktopOptions options;
    options.settingsFolder = ui::toQString((m_folder.path() / "settings").string());
    options.simulator = QStringLiteral(KEYCONVOY_SIMULATOR);
    return options;
}

ui::DesktopOptions DesktopTest::optionsFor(const pkcs11::ModuleProfile& module, const std::string& token) const {
    ui::DesktopOptions options = this->options();
    options.module = ui::toQString(module.library.string());
    options.moduleInit = ui::toQString(module.initString.value_or(""));
    for (const pkcs11::ModuleVariable& variable : module.environment) {
        options.moduleEnvironment << ui::toQString(variable.name + "=" + variable.value);
    }
    options.token = ui::toQString(token);
    return options;
}

ui::Desk& DesktopTest::openDesk(const ui::DesktopOptions& options) {
    m_desk = std::make_unique<ui::Desk>(options);
    return *m_desk;
}

ui::MainWindow& DesktopTest::openWindow(const ui::DesktopOptions& options) {
    m_window = std::make_unique<ui::MainWindow>(openDesk(options));
    m_window->resize(1280, 720);
    m_window->show();
    EXPECT_TRUE(QTest::qWaitForWindowExposed(m_window.get()));
    return *m_window;
}

ui::MainWindow& DesktopTest::openRehearsal(const ui::DesktopOptions& options) {
    openWindow(options);
    m_desk->startRehearsal();
    EXPECT_TRUE(waitFor([this] { return m_desk->rehearsalState() == ui::Desk::RehearsalState::Open; }));
    return *m_window;
}

void DesktopTest::closeEverything() {
    m_window.reset();
    m_desk.reset();
}

void DesktopTest::click(const char* name) {
    auto& button = find<QAbstractButton>(name);
    ASSERT_TRUE(button.isEnabled()) << name;
    button.click();
}

bool waitFor(const std::function<bool()>& condition) {
    return QTest::qWaitFor(condition, minute);
}

void Gate::close(const std::string& function) {
    std::ofstream{m_folder.path() / function} << "closed\n";
    m_closed.insert(function);
}

void Gate::open(const std::string& function) {
    std::filesystem::remove(m_folder.path() / function);
    m_closed.erase(function);
}

void Gate::openAll() {
    while (!m_closed.empty()) {
        open(std::string{*m_closed.begin()});
    }
}

std::vector<std::string> Gate::calls() const {
    std::vector<std::string> calls;
    std::ifstream file{m_folder.path() / "calls"};
    for (std::string line; std::getline(file, line);) {
        calls.push_back(line);
    }
    return calls;
}

bool Gate::reached(const std::string& function) const {
    return std::filesystem::exists(m_folder.path() / (function + ".reached"));
}

void type(QWidget& widget, std::string_view text) {
    QTest::keyClicks(&widget, ui::toQString(text));
}

}  // namespace keyconvoy::tests
