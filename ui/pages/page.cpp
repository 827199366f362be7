#include "ui/pages/page.h"

#include "ui/look/spacing.h"
#include "ui/widgets/parts.h"

#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

namespace keyconvoy::ui {

Page::Page(Desk& desk, const QString& title, const QString& introduction, QWidget* parent)
    : QWidget{parent}, m_desk{desk}, m_content{new QVBoxLayout}, m_scroll{new QScrollArea{this}} {
    setAccessibleName(title);
    auto* outer = new QVBoxLayout{this};
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_scroll);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);

    auto* column = new QWidget;
    auto* layout = new QVBoxLayout{column};
    layout->setContentsMargins(spacing::apart, spacing::page, spacing::apart, spacing::page);
    layout->setSpacing(spacing::wide);
    layout->addWidget(makeTitle(title, column));
    if (!introduction.isEmpty()) {
        QLabel* text = makeText(introduction, column);
        setKind(text, "caption");
        text->setMaximumWidth(spacing::textWidth);
        layout->addWidget(text);
    }
    m_content->setSpacing(spacing::wide);
    layout->addLayout(m_content);
    layout->addStretch(1);
    m_scroll->setWidget(column);
}

void Page::reveal(QWidget* part) {
    QTimer::singleShot(0, part, [this, part] { m_scroll->ensureWidgetVisible(part, 0, spacing::page); });  // once it is laid out
}

}  // namespace keyconvoy::ui
