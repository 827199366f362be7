#pragma once

#include "app/station/token_jobs.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QTableView;

namespace keyconvoy::ui {

class DetailsView;
class FindingsView;
class MechanismsModel;

/// A token as it describes itself, and what it lists.
class OverviewSection final : public QWidget {
    Q_OBJECT

public:
    explicit OverviewSection(QWidget* parent = nullptr);

    void show(const pkcs11::TokenDescription& token);
    void show(const std::vector<pkcs11::Mechanism>& mechanisms);

private:
    void toggleAll();

    DetailsView* m_details;
    QLabel* m_flags;
    QWidget* m_listed;
    FindingsView* m_findings;
    QPushButton* m_all;
    MechanismsModel* m_model;
    QTableView* m_table;
};

}  // namespace keyconvoy::ui
