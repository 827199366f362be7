#pragma once

#include "app/station/token_jobs.h"
#include "core/error.h"

#include <optional>
#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;

namespace keyconvoy::ui {

class Desk;
class DetailsView;
class FailurePanel;

/// Which token this is about, and whether it is known to be software; looked at without a login whenever the station changes.
class TokenPart final : public QWidget {
    Q_OBJECT

public:
    TokenPart(Desk& desk, QWidget* parent);

    /// Looks at the token unless that was done since the station changed.
    void look();
    [[nodiscard]] const std::optional<pkcs11::TokenDescription>& token() const { return m_token; }

Q_SIGNALS:
    void stationWanted();
    void looked();

private:
    void forget();
    void showRehearsalTokens();
    void showToken(const pkcs11::TokenDescription& token);
    void showFailure(const Failure& failure);

    Desk& m_desk;
    QWidget* m_choice;
    QComboBox* m_rehearsalTokens;
    QLabel* m_kind;
    QLabel* m_state;
    DetailsView* m_details;
    FailurePanel* m_failure;
    QPushButton* m_again;
    QPushButton* m_station;
    std::optional<pkcs11::TokenDescription> m_token;
    bool m_stale = true;
    int m_lookNumber = 0;  ///< an answer to an earlier look is dropped
};

/// A badge that says what kind of token this is.
void showTokenKind(QLabel* badge, const pkcs11::TokenDescription& token);

}  // namespace keyconvoy::ui
