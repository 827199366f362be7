#include "ui/widgets/parts.h"

#include "ui/look/icons.h"
#include "ui/look/spacing.h"
#include "ui/look/theme.h"
#include "ui/widgets/flowing_label.h"
#include "ui/widgets/text_label.h"

#include <chrono>
#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QPushButton>
#include <QStyle>
#include <QTimer>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr std::chrono::milliseconds copiedIsSaidFor{1500};

QLabel* makeLabel(const QString& text, const char* kind, QWidget* parent) {
    auto* label = new TextLabel{text, parent};
    label->setTextFormat(Qt::PlainText);
    setKind(label, kind);
    return label;
}

QColor colourFor(IconLabel::Meaning meaning) {
    const Colours& colours = Theme::current().colours();
    switch (meaning) {
        case IconLabel::Meaning::Plain: return colours.mutedText;
        case IconLabel::Meaning::Accent: return colours.accent;
        case IconLabel::Meaning::Good: return colours.good;
        case IconLabel::Meaning::Warning: return colours.warning;
        case IconLabel::Meaning::Problem: return colours.problem;
    }
    return colours.text;
}

void sayCopied(QPushButton* button) {
    const QString before = button->text();
    button->setText(QObject::tr("Copied"));
    button->setEnabled(false);
    QTimer::singleShot(copiedIsSaidFor, button, [button, before] {
        button->setText(before);
        button->setEnabled(true);
    });
}

}  // namespace

void setKind(QWidget* widget, const char* kind) {
    widget->setProperty("kind", QString::fromLatin1(kind));
    if (widget->testAttribute(Qt::WA_WState_Polished)) {  // it was shown as another kind before
        widget->style()->unpolish(widget);
        widget->style()->polish(widget);
        widget->updateGeometry();
    }
}

QString withoutMnemonic(QString text) {
    return text.remove(QLatin1Char{'&'});
}

void announce(QWidget* widget) {
    QAccessibleEvent event{widget, QAccessible::Alert};
    QAccessible::updateAccessibility(&event);
}

void removeWidgets(QLayout* layout) {
    while (QLayoutItem* item = layout->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
}

QLabel* makeTitle(const QString& text, QWidget* parent) {
    return makeLabel(text, "title", parent);
}

QLabel* makeHeading(const QString& text, QWidget* parent) {
    QLabel* label = makeLabel(text, "heading", parent);
    label->setWordWrap(true);
    return label;
}

QLabel* makeText(const QString& text, QWidget* parent) {
    QLabel* label = makeLabel(text, "text", parent);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setFocusPolicy(Qt::NoFocus);
    return label;
}

QLabel* makeCaption(const QString& text, QWidget* parent) {
    QLabel* label = makeLabel(text, "caption", parent);
    label->setWordWrap(true);
    return label;
}

FlowingLabel* makeFlowingText(const QString& text, QWidget* parent) {
    auto* label = new FlowingLabel{text, parent};
    setKind(label, "text");
    return label;
}

FlowingLabel* makeCode(const QString& text, QWidget* parent) {
    auto* label = new FlowingLabel{text, parent};
    setKind(label, "code");
    return label;
}

QLabel* makeBadge(QWidget* parent) {
    QLabel* label = makeLabel({}, "badge", parent);
    label->setContentsMargins(spacing::small, 2, spacing::small, 2);
    label->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    return label;
}

QPushButton* makeButton(const QString& text, QWidget* parent) {
    auto* button = new QPushButton{text, parent};
    button->setAutoDefault(true);
    return button;
}

QPushButton* makePrimaryButton(const QString& text, QWidget* parent) {
    QPushButton* button = makeButton(text, parent);
    setKind(button, "primary");
    return button;
}

QPushButton* makeCopyButton(const QString& whatIsCopied, std::function<QString()> text, QWidget* parent) {
    QPushButton* button = makeButton(QObject::tr("Copy"), parent);
    setKind(button, "quiet");
    button->setAccessibleName(QObject::tr("Copy %1").arg(whatIsCopied));
    button->setToolTip(button->accessibleName());
    QObject::connect(button, &QPushButton::clicked, button, [button, text = std::move(text)] {
        QGuiApplication::clipboard()->setText(text());
        sayCopied(button);
    });
    return button;
}

Card::Card(const QString& heading, QWidget* parent) : QFrame{parent}, m_content{new QVBoxLayout{this}} {
    setKind(this, "card");
    m_content->setContentsMargins(spacing::wide, spacing::wide, spacing::wide, spacing::wide);
    m_content->setSpacing(spacing::normal);
    if (!heading.isEmpty()) {
        m_content->addWidget(makeHeading(heading));
    }
}

IconLabel::IconLabel(const QString& name, Meaning meaning, int size, QWidget* parent)
    : QLabel{parent}, m_name{name}, m_meaning{meaning}, m_size{size} {
    setFixedSize(size, size);
    draw();
    connect(&Theme::current(), &Theme::changed, this, &IconLabel::draw);
}

void IconLabel::show(const QString& name, Meaning meaning) {
    m_name = name;
    m_meaning = meaning;
    draw();
}

void IconLabel::draw() {
    setPixmap(iconPixmap(m_name, colourFor(m_meaning), m_size, devicePixelRatioF()));
}

}  // namespace keyconvoy::ui
