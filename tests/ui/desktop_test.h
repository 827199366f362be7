#pragma once

#include "core/files.h"
#include "tests/support/token_fixture.h"
#include "tests/support/token_shim.h"
#include "ui/desk.h"
#include "ui/look/theme.h"
#include "ui/main_window.h"

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <QTest>
#include <set>
#include <vector>

namespace keyconvoy::tests {

/// The window with settings of its own, or the parts of it that a test asks for.
class DesktopTest : public testing::Test {
protected:
    DesktopTest();
    ~DesktopTest() override;

    /// Options with settings in this test's folder and the simulator that was built.
    [[nodiscard]] ui::DesktopOptions options() const;
    /// Options for a token as the command line would give them.
    [[nodiscard]] ui::DesktopOptions optionsFor(const pkcs11::ModuleProfile& module, const std::string& token) const;

    ui::Desk& openDesk(const ui::DesktopOptions& options);
    ui::MainWindow& openWindow(const ui::DesktopOptions& options);
    /// A window in a rehearsal that is ready.
    ui::MainWindow& openRehearsal() { return openRehearsal(options()); }
    ui::MainWindow& openRehearsal(const ui::DesktopOptions& options);
    void closeEverything();

    [[nodiscard]] ui::Desk& desk() { return *m_desk; }
    [[nodiscard]] ui::MainWindow& window() { return *m_window; }
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path(); }

    /// A widget of the window by its objectName; the test fails when there is none.
    template <class Widget>
    [[nodiscard]] Widget& find(const char* name) {
        auto* widget = m_window->findChild<Widget*>(QString::fromLatin1(name));
        if (widget == nullptr) {
            throw std::runtime_error{std::string{"there is no widget "} + name};
        }
        return *widget;
    }
    void click(const char* name);

private:
    TemporaryFolder m_folder{"keyconvoy-ui-test"};
    std::unique_ptr<ui::Theme> m_theme;
    std::unique_ptr<ui::Desk> m_desk;
    std::unique_ptr<ui::MainWindow> m_window;
};

/// Runs the event loop until `condition`, at most a minute.
[[nodiscard]] bool waitFor(const std::function<bool()>& condition);

/// Where calls of a shimmed token are held.
class Gate {
public:
    [[nodiscard]] ShimOptions options() const { return {{"gate", m_folder.path().string()}}; }
    void close(const std::string& function);
    void open(const std::string& function);
    void openAll();
    [[nodiscard]] bool reached(const std::string& function) const;
    /// Each call that passed here, held or not.
    [[nodiscard]] std::vector<std::string> calls() const;

private:
    TemporaryFolder m_folder{"keyconvoy-gate"};
    std::set<std::string> m_closed;
};

/// Types as a person does, one key after the other.
void type(QWidget& widget, std::string_view text);

}  // namespace keyconvoy::tests
