#pragma once

#include "app/station/token_jobs.h"

#include <memory>
#include <QWidget>
#include <vector>

class QCheckBox;
class QComboBox;
class QLabel;
class QModelIndex;
class QPushButton;
class QTableView;

namespace keyconvoy::ui {

class Card;
class Desk;
class DetailsView;
class FindingsView;
class JobPanel;
class QualificationModel;

/// What a token can really wrap: the kept results, and trying on demand with throw-away keys.
class QualificationSection final : public QWidget {
    Q_OBJECT

public:
    using Result = wrapping::qualification::Result;
    using Combination = wrapping::qualification::Combination;

    explicit QualificationSection(Desk& desk, QWidget* parent = nullptr);

    /// Another token: nothing is known yet.
    void setToken(const app::TokenStation& token);
    void show(std::vector<Result> kept);
    [[nodiscard]] bool running() const;
    void cancel();

Q_SIGNALS:
    void runningChanged(bool running);
    /// A run ended early; what was kept until then is to be read again.
    void keptResultsWanted();
    void shown(QWidget* part);

private:
    struct Collected {
        std::vector<Result> results;
        Findings findings;
    };

    [[nodiscard]] QWidget* makeMatrix();
    [[nodiscard]] QWidget* makeActions();
    /// The chosen combinations that KMS takes.
    [[nodiscard]] std::vector<Combination> chosen() const;
    void chooseUntried();
    void start();
    void showResults();
    void showChoice();
    void showCell(const QModelIndex& cell);

    Desk& m_desk;
    app::TokenStation m_token;
    QualificationModel* m_model;
    QComboBox* m_wrappingKey;
    QTableView* m_table;
    QPushButton* m_start;
    QPushButton* m_untried;
    QCheckBox* m_again;
    JobPanel* m_job;
    QLabel* m_summary;
    FindingsView* m_findings;
    Card* m_cellCard;
    QLabel* m_cellName;
    DetailsView* m_cell;
    std::shared_ptr<Collected> m_collected;
};

}  // namespace keyconvoy::ui
