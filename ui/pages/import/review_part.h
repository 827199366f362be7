#pragma once

#include "ui/pages/import/import_part.h"

class QLabel;
class QVBoxLayout;

namespace keyconvoy::ui {

class Desk;
class DetailsView;

/// Everything that was chosen, in one list; mode and kind of token stand above it.
class ReviewPart final : public ImportPart {
    Q_OBJECT

public:
    ReviewPart(Desk& desk, QWidget* parent);

    void enter(const ImportDraft& soFar) override;
    void contribute(ImportDraft& /*draft*/) const override {}
    /// What a run before this one made and this one takes up; empty: nothing.
    void setTakenUp(const QString& note);

Q_SIGNALS:
    void changeWanted(int part);

private:
    [[nodiscard]] DetailsView* addCard(QVBoxLayout* column, const QString& heading, int part, const char* objectName);
    void showMode(const ImportDraft& draft);

    Desk& m_desk;
    QLabel* m_mode;
    QLabel* m_kind;
    QLabel* m_modeWords;
    QWidget* m_takenUp;
    QLabel* m_takenUpText;
    DetailsView* m_key;
    DetailsView* m_kmsKey;
    DetailsView* m_wrapping;
    DetailsView* m_expiry;
};

}  // namespace keyconvoy::ui
