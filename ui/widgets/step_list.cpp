#include "ui/widgets/step_list.h"

#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/parts.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

/// One step: picture, title with its state in words, details.
class StepRow final : public QWidget {
public:
    StepRow(const app::StepEvent& event, QWidget* parent)
        : QWidget{parent},
          m_icon{new IconLabel{QStringLiteral("running"), IconLabel::Meaning::Accent, 20, this}},
          m_title{makeHeading(
              StepList::tr("%1 of %2  ·  %3").arg(event.number).arg(event.count).arg(translatedSentence(event.title)), this)},
          m_state{makeCaption({}, this)},
          m_note{makeCaption({}, this)},
          m_more{makeButton(StepList::tr("Details"), this)},
          m_details{new DetailsView{this}} {
        setObjectName(QStringLiteral("step.") + QString::fromStdString(event.step));
        auto* row = new QHBoxLayout{this};
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(spacing::normal);
        row->addWidget(m_icon, 0, Qt::AlignTop);
        auto* words = new QVBoxLayout;
        words->setSpacing(spacing::hair);
        auto* head = new QHBoxLayout;
        head->addWidget(m_title, 1);
        head->addWidget(m_more, 0, Qt::AlignTop);
        head->addWidget(m_state, 0, Qt::AlignTop);
        setKind(m_more, "inline");
        m_more->setAccessibleName(StepList::tr("Details of: %1").arg(translated(event.title)));
        m_more->setCheckable(true);
        m_more->hide();
        QObject::connect(m_more, &QPushButton::toggled, m_details, &QWidget::setVisible);
        words->addLayout(head);
        words->addWidget(m_note);
        words->addWidget(m_details);
        row->addLayout(words, 1);
        m_note->hide();
        m_details->hide();
        update(event);
    }

    void update(const app::StepEvent& event) {
        switch (event.phase) {
            case app::StepPhase::Begins:
                say(QStringLiteral("running"), IconLabel::Meaning::Accent, StepList::tr("running"));
                break;
            case app::StepPhase::Done: say(QStringLiteral("done"), IconLabel::Meaning::Good, StepList::tr("done")); break;
            case app::StepPhase::Failed:
                say(QStringLiteral("failed"), IconLabel::Meaning::Problem, StepList::tr("failed"));
                break;
        }
        if (event.phase != app::StepPhase::Begins) {
            m_note->hide();
        }
        m_details->show(event.details);
        const bool behindButton = event.phase == app::StepPhase::Done && !event.details.empty();
        m_more->setVisible(behindButton);
        m_details->setVisible(!event.details.empty() && (!behindButton || m_more->isChecked()));
    }

    void note(const Text& text) {
        m_note->setText(translatedSentence(text));
        m_note->show();
    }

private:
    void say(const QString& icon, IconLabel::Meaning meaning, const QString& state) {
        m_icon->show(icon, meaning);
        m_state->setText(state);
    }

    IconLabel* m_icon;
    QLabel* m_title;
    QLabel* m_state;
    QLabel* m_note;
    QPushButton* m_more;
    DetailsView* m_details;
};

StepList::StepList(QWidget* parent) : QFrame{parent}, m_rows{new QVBoxLayout{this}} {
    setKind(this, "steps");
    setObjectName(QStringLiteral("steps"));
    setAccessibleName(tr("Steps"));
    setFocusPolicy(Qt::TabFocus);  // where the keyboard is while a job runs
    m_rows->setContentsMargins(spacing::small, spacing::small, spacing::small, spacing::small);
    m_rows->setSpacing(spacing::normal);
    hide();
}

void StepList::clear() {
    hide();
    for (const auto& [number, row] : m_byNumber) {
        row->hide();
        row->deleteLater();
    }
    m_byNumber.clear();
    m_running = nullptr;
}

void StepList::observe(const app::StepEvent& event) {
    const auto known = m_byNumber.find(event.number);
    if (known == m_byNumber.end()) {
        show();
        m_running = new StepRow{event, this};
        m_byNumber.emplace(event.number, m_running);
        m_rows->addWidget(m_running);
        return;
    }
    known->second->update(event);
}

void StepList::note(const Text& text) {
    if (m_running != nullptr) {
        m_running->note(text);
    }
}

}  // namespace keyconvoy::ui
