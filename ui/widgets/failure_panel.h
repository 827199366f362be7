#pragma once

#include "core/error.h"

#include <QFrame>

class QLabel;
class QVBoxLayout;

namespace keyconvoy::ui {

/// The one way a failure is shown: what happened, where, what can be done, the particulars one by one, and what the
/// other side said; all of it can be copied.
/// Hidden while there is none.
class FailurePanel final : public QFrame {
    Q_OBJECT

public:
    explicit FailurePanel(QWidget* parent = nullptr);

    void show(const Failure& failure);
    void clear();
    /// The failure as text, one line for each part.
    [[nodiscard]] const QString& text() const { return m_text; }

private:
    void addPart(const QString& name, const QString& value, const char* objectName);
    void addDetails(const std::vector<FailureDetail>& details);
    void addLine(QLabel* label, const char* objectName);

    QVBoxLayout* m_parts;
    QString m_text;
};

}  // namespace keyconvoy::ui
