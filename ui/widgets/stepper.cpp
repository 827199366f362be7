#include "ui/widgets/stepper.h"

#include "ui/look/icons.h"
#include "ui/look/spacing.h"
#include "ui/look/theme.h"
#include "ui/widgets/parts.h"

#include <algorithm>
#include <QHBoxLayout>
#include <QPainter>
#include <QStyle>
#include <QToolButton>

namespace keyconvoy::ui {

namespace {

constexpr int discSize = 22;
constexpr QSize pictureSize{discSize + 4, discSize};  // the words stand a little apart
constexpr int shortestLine = 16;

QPixmap emptyPicture(double pixelRatio) {
    QPixmap pixmap{pictureSize * pixelRatio};
    pixmap.setDevicePixelRatio(pixelRatio);
    pixmap.fill(Qt::transparent);
    return pixmap;
}

QPixmap tick(double pixelRatio) {
    QPixmap pixmap = emptyPicture(pixelRatio);
    QPainter{&pixmap}.drawPixmap(0, 0, iconPixmap(QStringLiteral("done"), Theme::current().colours().good, discSize, pixelRatio));
    return pixmap;
}

/// The number in a disc, filled for the one that is open.
QPixmap disc(int number, bool current, double pixelRatio) {
    const Colours& colours = Theme::current().colours();
    QPixmap pixmap = emptyPicture(pixelRatio);
    QPainter painter{&pixmap};
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen{current ? colours.accent : colours.outline, 1.5});
    painter.setBrush(current ? QBrush{colours.accent} : QBrush{Qt::NoBrush});
    painter.drawEllipse(QRectF{1, 1, discSize - 2, discSize - 2});
    painter.setPen(current ? colours.accentText : colours.mutedText);
    QFont font = painter.font();
    font.setPixelSize(12);
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.drawText(QRectF{0, 0, discSize, discSize}, Qt::AlignCenter, QString::number(number));
    return pixmap;
}

}  // namespace

Stepper::Stepper(const QStringList& names, QWidget* parent) : QFrame{parent}, m_names{names} {
    setKind(this, "stepper");
    setObjectName(QStringLiteral("stepper"));
    auto* row = new QHBoxLayout{this};
    row->setContentsMargins(spacing::page, spacing::small, spacing::page, spacing::small);
    row->setSpacing(spacing::hair);
    for (int i = 0; i < names.size(); ++i) {
        if (i > 0) {
            auto* line = new QFrame{this};
            setKind(line, "line");
            row->addWidget(line, 1, Qt::AlignVCenter);
        }
        auto* button = new QToolButton{this};
        setKind(button, "step");
        button->setObjectName(QStringLiteral("stepper.%1").arg(i));
        button->setText(names.at(i));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setIconSize(pictureSize);
        button->setFocusPolicy(Qt::TabFocus);
        connect(button, &QToolButton::clicked, this, [this, i] { Q_EMIT chosen(i); });
        m_buttons.push_back(button);
        row->addWidget(button);
    }
    connect(&Theme::current(), &Theme::changed, this, &Stepper::draw);
    draw();
}

QSize Stepper::minimumSizeHint() const {
    return {0, QFrame::minimumSizeHint().height()};
}

void Stepper::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    showNames();
}

/// As many names as there is room for: the open step's first, then what lies nearest, the next before the last.
void Stepper::showNames() {
    std::vector<QToolButton*> nearest = m_buttons;
    std::ranges::sort(nearest, {}, [this](QToolButton* button) {
        const auto distance = std::ranges::find(m_buttons, button) - m_buttons.begin() - m_current;
        return distance > 0 ? 2 * distance - 1 : -2 * distance;
    });
    int left = width() - 2 * spacing::page - static_cast<int>(m_buttons.size()) * shortestLine;
    for (QToolButton* button : nearest) {
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        left -= button->sizeHint().width();
    }
    for (QToolButton* button : nearest) {
        const int without = button->sizeHint().width();
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        left -= button->sizeHint().width() - without;
        if (left < 0) {
            left = -1;  // none farther away either
            button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        }
    }
}

void Stepper::show(int current, int reached) {
    m_current = current;
    m_reached = reached;
    draw();
}

void Stepper::draw() {
    for (int i = 0; i < static_cast<int>(m_buttons.size()); ++i) {
        QToolButton* button = m_buttons.at(static_cast<std::size_t>(i));
        const bool current = i == m_current;
        const bool done = i < m_current;
        const QPixmap picture = done ? tick(devicePixelRatioF()) : disc(i + 1, current, devicePixelRatioF());
        QIcon icon{picture};
        icon.addPixmap(picture, QIcon::Disabled);
        button->setIcon(icon);
        button->setEnabled(i <= m_reached);
        button->setProperty("current", current);
        const QString state = current ? tr("open now") : done ? tr("done") : tr("still to come");
        button->setAccessibleName(tr("%1 of %2: %3, %4").arg(i + 1).arg(m_buttons.size()).arg(m_names.at(i), state));
        button->style()->unpolish(button);
        button->style()->polish(button);
        button->setToolTip(m_names.at(i));
    }
    showNames();
}

}  // namespace keyconvoy::ui
