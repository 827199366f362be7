#pragma once

#include "ui/pages/page.h"

class QGridLayout;
class QPushButton;

namespace keyconvoy::ui {

class FailurePanel;

/// Where the window opens: what can be done here, one tile each.
class StartPage final : public Page {
    Q_OBJECT

public:
    StartPage(Desk& desk, QWidget* parent = nullptr);
    void enter() override;

Q_SIGNALS:
    void rehearsalWanted();

private:
    [[nodiscard]] QPushButton* addTile(const QString& icon, const QString& name, const QString& what, const char* objectName);
    void showRehearsal();
    void showBusy(bool busy);
    void say(QPushButton* tile, const QString& what);

    QGridLayout* m_tiles;
    QPushButton* m_rehearse = nullptr;
    QPushButton* m_import = nullptr;
    FailurePanel* m_failure;
    int m_count = 0;
};

}  // namespace keyconvoy::ui
