#pragma once

#include "core/finding.h"

#include <QWidget>

class QVBoxLayout;

namespace keyconvoy::ui {

/// Findings, the gravest first, each with its level as a word and a picture, and its remedy.
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
