#include "ui/widgets/choice_button.h"

#include "ui/look/spacing.h"
#include "ui/widgets/parts.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

void letTheMouseThrough(QWidget* part) {
    part->setAttribute(Qt::WA_TransparentForMouseEvents);
}

}  // namespace

ChoiceButton::ChoiceButton(const QString& name, QWidget* parent) : QPushButton{parent}, m_words{new QVBoxLayout} {
    setKind(this, "choice");
    setAccessibleName(name);
    setAutoDefault(true);
    QSizePolicy policy{QSizePolicy::Expanding, QSizePolicy::Minimum};
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    auto* row = new QHBoxLayout{this};
    row->setContentsMargins(spacing::wide, spacing::normal, spacing::wide, spacing::normal);
    row->setSpacing(spacing::normal);
    m_words->setSpacing(spacing::hair);
    row->addLayout(m_words, 1);
    m_words->addStretch(1);  // above and below them, in a tile that is as high as its taller neighbour
    m_words->addStretch(1);
}

void ChoiceButton::addPicture(QWidget* picture) {
    letTheMouseThrough(picture);
    static_cast<QHBoxLayout*>(layout())->insertWidget(0, picture);
}

void ChoiceButton::addWords(QWidget* words) {
    letTheMouseThrough(words);
    m_words->insertWidget(m_words->count() - 1, words);
}

void ChoiceButton::addBeside(QWidget* part) {
    letTheMouseThrough(part);
    static_cast<QHBoxLayout*>(layout())->addWidget(part, 0, Qt::AlignTop);
}

QSize ChoiceButton::sizeHint() const {
    return layout()->totalSizeHint();
}

QSize ChoiceButton::minimumSizeHint() const {
    return layout()->totalMinimumSize();
}

}  // namespace keyconvoy::ui
