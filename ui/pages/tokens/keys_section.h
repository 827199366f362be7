#pragma once

#include "app/station/station.h"

#include <memory>
#include <QWidget>
#include <vector>

class QLabel;
class QPushButton;
class QTableView;

namespace keyconvoy::ui {

class Card;
class Desk;
class DetailsView;
class JobPanel;
class KeysModel;

/// The keys that a login sees, and all that the token states about the chosen one.
class KeysSection final : public QWidget {
    Q_OBJECT

public:
    explicit KeysSection(Desk& desk, QWidget* parent = nullptr);

    /// Another token: what was shown is forgotten.
    void setToken(const app::TokenStation& token);
    [[nodiscard]] bool running() const;
    void cancel();

Q_SIGNALS:
    void runningChanged(bool running);
    void importWanted();
    void shown(QWidget* part);

private:
    void start();
    void showKeys();
    void showKey(int row);

    Desk& m_desk;
    app::TokenStation m_token;
    QPushButton* m_start;
    JobPanel* m_job;
    Card* m_empty;
    KeysModel* m_model;
    QTableView* m_table;
    Card* m_keyCard;
    QLabel* m_keyName;
    DetailsView* m_key;
    std::shared_ptr<std::vector<pkcs11::KeyDescription>> m_collected;
};

}  // namespace keyconvoy::ui
