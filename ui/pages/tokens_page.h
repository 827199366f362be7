#pragma once

#include "app/station/station.h"
#include "ui/pages/page.h"

class QComboBox;
class QTabBar;

namespace keyconvoy::ui {

class Card;
class FailurePanel;
class KeysSection;
class OverviewSection;
class QualificationSection;
class TokenList;

/// What tokens there are, what they hold, and what they can really wrap.
class TokensPage final : public Page {
    Q_OBJECT

public:
    explicit TokensPage(Desk& desk, QWidget* parent = nullptr);

    [[nodiscard]] bool busy() const override;
    void cancel() override;
    void enter() override;

private:
    void addParts();
    [[nodiscard]] QWidget* makeRehearsalChoice();
    void showRehearsal();
    void stationChanged();
    void choose(const pkcs11::TokenDescription& token);
    void chooseNone();
    void survey();
    void showSection(int section);

    QComboBox* m_rehearsalTokens;
    QWidget* m_rehearsal;
    TokenList* m_list;
    Card* m_uninitialised;
    FailurePanel* m_failure;
    QTabBar* m_tabs;
    OverviewSection* m_overview;
    KeysSection* m_keys;
    QualificationSection* m_qualification;
    app::TokenStation m_token;
    int m_surveys = 0;  ///< an answer about an earlier token is dropped
    bool m_stale = true;
};

}  // namespace keyconvoy::ui
