#pragma once

#include <QFrame>

class QLabel;

class QPushButton;

namespace keyconvoy::ui {

class Desk;
class FlowingLabel;

/// What this window works on, above every page, by colour and in words: production or rehearsal, and which station.
class ModeBanner final : public QFrame {
    Q_OBJECT

public:
    ModeBanner(Desk& desk, QWidget* parent);

Q_SIGNALS:
    void endWanted();

private:
    void showMode();

    Desk& m_desk;
    QLabel* m_mode;
    FlowingLabel* m_station;
    QPushButton* m_end;
};

}  // namespace keyconvoy::ui
