#include "ui/desktop.h"
#include "tests/bench/desktop_import.h"
#include "ui/main_window.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <QApplication>
#include <QEvent>
#include <QTimer>
#include <string>
#include <string_view>

// The program keyconvoy-desktop with somebody who looks at the clock inside. See tests/bench/README.md.

using namespace keyconvoy;

namespace {

constexpr const char* begunVariable = "KEYCONVOY_BENCH_BEGUN";  ///< the time in seconds, from before exec: bash's EPOCHREALTIME
constexpr const char* taskVariable = "KEYCONVOY_BENCH_TASK";

double millisecondsOf(const timespec& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double now(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return millisecondsOf(time);
}

/// VmHWM, in MB.
double peakMemory() {
    std::ifstream status{"/proc/self/status"};
    for (std::string word; status >> word;) {
        if (word == "VmHWM:") {
            double kilobytes = 0;
            status >> kilobytes;
            return kilobytes / 1024.0;
        }
    }
    return 0;
}

void printStart() {
    const double begun = std::atof(std::getenv(begunVariable)) * 1e3;
    std::cout << std::fixed << std::setprecision(1) << "start " << now(CLOCK_REALTIME) - begun << " cpu "
              << now(CLOCK_PROCESS_CPUTIME_ID) << " memory " << peakMemory() << std::endl;
}

/// Waits for the window's first picture: paint events are handled in the turn of the event loop that shows it.
class Watcher final : public QObject {
public:
    bool eventFilter(QObject* watched, QEvent* event) override {
        auto* window = qobject_cast<ui::MainWindow*>(watched);
        if (window != nullptr && event->type() == QEvent::Paint && !m_seen) {
            m_seen = true;
            QTimer::singleShot(0, window, [window] { begin(*window); });
        }
        return false;
    }

private:
    static void begin(ui::MainWindow& window) {
        if (std::string_view{std::getenv(taskVariable)} == "start") {
            printStart();
            window.close();
            return;
        }
        auto* import = new bench::DesktopImport{window};
        QObject::connect(import, &bench::DesktopImport::ended, &window, [&window, import] {
            std::cout << std::fixed << std::setprecision(1) << "import stall " << import->worstStall() << " cpu "
                      << import->cpuInWorstStall() << " during " << import->placeOfWorstStall() << " turns "
                      << import->heartbeats() << " memory " << peakMemory() << std::endl;
            window.close();
        });
    }

    bool m_seen = false;
};

void watch() {
    static Watcher watcher;
    qApp->installEventFilter(&watcher);
}

}  // namespace

Q_COREAPP_STARTUP_FUNCTION(watch)

int main(int count, char** arguments) {
    return ui::runDesktop(count, arguments);
}
