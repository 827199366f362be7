#pragma once

#include "core/fingerprint.h"

#include <QWidget>

class QLabel;

namespace keyconvoy::ui {

/// A SHA-256 large enough to be read aloud across a table: sixteen groups of four digits, and the same in PGP words.
class FingerprintView final : public QWidget {
    Q_OBJECT

public:
    explicit FingerprintView(const QString& whatItIs, QWidget* parent = nullptr);
    void show(const Fingerprint& fingerprint);
    /// As it was shown: groups, then words.
    [[nodiscard]] QString text() const { return m_text; }

private:
    QLabel* m_groups;
    QLabel* m_words;
    QString m_whatItIs;
    QString m_text;
};

}  // namespace keyconvoy::ui
