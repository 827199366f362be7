#pragma once

#include "pkcs11/token.h"

#include <memory>
#include <QWidget>
#include <vector>

class QLabel;
class QPushButton;
class QTableWidget;

namespace keyconvoy::ui {

class Desk;
class JobPanel;

/// The token's keys that could be imported, to choose one from; listing them takes a login.
class KeyPicker final : public QWidget {
    Q_OBJECT

public:
    KeyPicker(Desk& desk, QWidget* parent);

    [[nodiscard]] bool busy() const;
    void cancel();
    /// What was listed is of another token now.
    void clear();

Q_SIGNALS:
    void picked(const keyconvoy::pkcs11::KeyDescription& key);
    void busyChanged();
    void revealWanted(QWidget* part);

private:
    void list();
    void showKeys();
    void pickRow(int row);

    Desk& m_desk;
    QPushButton* m_list;
    JobPanel* m_job;
    QLabel* m_none;
    QTableWidget* m_table;
    std::shared_ptr<std::vector<pkcs11::KeyDescription>> m_found;  ///< written on the token's thread before the job's end
    std::vector<pkcs11::KeyDescription> m_keys;                    ///< one for each row
};

}  // namespace keyconvoy::ui
