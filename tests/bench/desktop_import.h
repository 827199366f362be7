#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <string>

namespace keyconvoy::ui {
class ImportPage;
class MainWindow;
}  // namespace keyconvoy::ui

namespace keyconvoy::bench {

/// Takes a whole rehearsal through the window, from its first button to the result, one thing at each beat, and watches how long
/// the event loop was away between two heartbeats.
class DesktopImport final : public QObject {
    Q_OBJECT

public:
    explicit DesktopImport(ui::MainWindow& window);

    [[nodiscard]] double worstStall() const { return m_worst; }  ///< in milliseconds beyond the heartbeat's interval
    [[nodiscard]] double cpuInWorstStall() const { return m_worstCpu; }
    [[nodiscard]] const std::string& placeOfWorstStall() const { return m_worstPlace; }
    [[nodiscard]] int heartbeats() const { return m_heartbeats; }

Q_SIGNALS:
    void ended();

private:
    void beat();
    void act();
    void actOnImport(ui::ImportPage& page);
    void answer(ui::ImportPage& page);
    void press(const char* name);

    ui::MainWindow& m_window;
    QTimer m_heart;
    QTimer m_hand;
    QElapsedTimer m_sinceBeat;
    double m_cpuAtBeat = 0;
    double m_worst = 0;
    double m_worstCpu = 0;
    std::string m_worstPlace;
    std::string m_place = "nothing";
    int m_heartbeats = 0;
};

}  // namespace keyconvoy::bench
