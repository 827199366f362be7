#pragma once

#include "core/finding.h"

#include <QWidget>

class QVBoxLayout;

namespace keyconvoy::ui {

/// Findings, the gravest first, below a word for their level; each with a picture of it, and its remedy.
class FindingsView final : public QWidget {
    Q_OBJECT

public:
    explicit FindingsView(QWidget* parent = nullptr);
    void show(const Findings& findings);

private:
    void add(const Finding& finding);

    QVBoxLayout* m_rows;
};

}  // namespace keyconvoy::ui
