#pragma once

#include "app/station/token_jobs.h"

#include <optional>
#include <QWidget>

class QButtonGroup;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace keyconvoy::ui {

class ChoiceButton;
class Desk;
class FailurePanel;
class FlowingLabel;

/// Every slot of the module that holds a token, one card each; one of them is chosen.
class TokenList final : public QWidget {
    Q_OBJECT

public:
    explicit TokenList(Desk& desk, QWidget* parent = nullptr);

    /// Asks the module again, on the token's thread.
    void refresh();

Q_SIGNALS:
    void chosen(const keyconvoy::pkcs11::TokenDescription& token);
    /// Nothing is chosen: the list is being read, is empty, or failed.
    void noneChosen();
    void stationWanted();

private:
    void ask(const pkcs11::ModuleProfile& module);
    void show(const app::TokenList& list);
    void addCard(const pkcs11::TokenDescription& token, int id);
    void chooseFirst();
    void say(const QString& heading, const QString& text, bool stationHelps);
    void clear();

    Desk& m_desk;
    FlowingLabel* m_module;
    QPushButton* m_refresh;
    QWidget* m_empty;
    QLabel* m_emptyHeading;
    QLabel* m_emptyText;
    QPushButton* m_toStation;
    FailurePanel* m_failure;
    QVBoxLayout* m_cards;
    QButtonGroup* m_group;
    std::vector<pkcs11::TokenDescription> m_tokens;
    int m_asked = 0;  ///< an answer to an earlier question is dropped
};

}  // namespace keyconvoy::ui
