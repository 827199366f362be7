#include "ui/widgets/fingerprint_view.h"

#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/parts.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int groupsInRow = 4;

/// Parts in rows, their columns below one another.
QString inRows(const QString& parts, int inRow, int width) {
    QStringList rows;
    const QStringList all = parts.split(QLatin1Char{' '}, Qt::SkipEmptyParts);
    for (qsizetype i = 0; i < all.size(); i += inRow) {
        QString row;
        for (const QString& part : all.mid(i, inRow)) {
            row += part.leftJustified(width);
        }
        rows << row.trimmed();
    }
    return rows.join(QLatin1Char{'\n'});
}

}  // namespace

FingerprintView::FingerprintView(const QString& whatItIs, QWidget* parent)
    : QWidget{parent}, m_groups{makeText({}, this)}, m_words{makeText({}, this)}, m_whatItIs{whatItIs} {
    setKind(m_groups, "fingerprint");
    setKind(m_words, "fingerprint-words");
    m_groups->setObjectName(QStringLiteral("fingerprint.groups"));
    m_words->setObjectName(QStringLiteral("fingerprint.words"));
    m_groups->setWordWrap(false);
    auto* row = new QHBoxLayout{this};
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(spacing::page);
    row->addWidget(m_groups, 0, Qt::AlignTop);
    row->addWidget(m_words, 1, Qt::AlignTop);
    row->addWidget(makeCopyButton(
                       whatItIs, [this] { return m_text; }, this),
                   0, Qt::AlignTop);
}

void FingerprintView::show(const Fingerprint& fingerprint) {
    const QString groups = toQString(fingerprint.hexGroups());
    const QString words = toQString(fingerprint.words());
    m_groups->setText(inRows(groups, groupsInRow, 6));
    m_words->setText(words);
    m_text = groups + QLatin1Char{'\n'} + words;
    m_groups->setAccessibleName(m_whatItIs + QStringLiteral(": ") + groups);
    m_words->setAccessibleName(tr("%1, in words: %2").arg(m_whatItIs, words));
}

}  // namespace keyconvoy::ui
