#include "ui/pages/page.h"

#include "ui/look/spacing.h"
#include "ui/widgets/parts.h"

#include <QApplication>
#include <QScrollArea>
#include <QScrollBar>
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
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    m_scroll->setFocusPolicy(Qt::NoFocus);

    auto* column = new QWidget{m_scroll->viewport()};
    m_scroll->setWidget(column);
    m_waiting = new QFrame{column};
    m_waitingFor = makeText({}, m_waiting);
    m_parts = new QWidget{column};
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
    auto* waiting = new QVBoxLayout{m_waiting};
    waiting->setContentsMargins(spacing::wide, spacing::normal, spacing::wide, spacing::normal);
    waiting->addWidget(m_waitingFor);
    setKind(m_waiting, "notice");
    m_waiting->setObjectName(QStringLiteral("page.waiting"));
    m_waiting->hide();
    layout->addWidget(m_waiting);
    m_content->setSpacing(spacing::wide);
    m_content->setContentsMargins(0, 0, 0, 0);
    m_parts->setLayout(m_content);
    layout->addWidget(m_parts);
    layout->addStretch(1);
    connect(qApp, &QApplication::focusChanged, this, [this](const QWidget* /*before*/, QWidget* now) {
        if (now != nullptr && m_parts->isAncestorOf(now)) {  // what has the keyboard is seen
            m_scroll->ensureWidgetVisible(now, 0, spacing::normal);
        }
    });
}

void Page::waitFor(const QString& otherPage) {
    m_waitingFor->setText(
        tr("The token is in use on the page “%1”. This page waits until that has ended, or was cancelled there.").arg(otherPage));
    m_waiting->setVisible(!otherPage.isEmpty());
    m_parts->setEnabled(otherPage.isEmpty());
}

void Page::reveal(QWidget* part) {
    QTimer::singleShot(0, part, [this, part] {
        QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);  // where it will be is known once all is laid out
        if (part->height() <= m_scroll->viewport()->height()) {
            m_scroll->ensureWidgetVisible(part, 0, spacing::page);
        } else {  // from its beginning, as it is read
            m_scroll->verticalScrollBar()->setValue(part->mapTo(m_scroll->widget(), QPoint{}).y() - spacing::small);
        }
    });
}

void Page::scrollToTop() {
    QTimer::singleShot(0, this, [this] { m_scroll->verticalScrollBar()->setValue(0); });  // after what is still laid out
}

}  // namespace keyconvoy::ui
