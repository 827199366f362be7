#pragma once

#include "app/ceremony/question.h"

#include <functional>
#include <QFrame>

class QLabel;
class QPushButton;

namespace keyconvoy::ui {

class DetailsView;
class PinField;

/// What the running job needs from a person, asked in the page and not in a window of its own: a PIN, a yes, a consent, or the
/// wait for a token's own pad. Hidden while nothing is asked.
class QuestionPanel final : public QFrame {
    Q_OBJECT

public:
    explicit QuestionPanel(QWidget* parent = nullptr);

    /// `answer` is called once, on a button or Return.
    void ask(const app::Question& question, std::function<void(app::Answer)> answer);
    void clear();
    /// The keyboard comes to the PIN, or to the answer that changes nothing.
    void takeFocus();
    [[nodiscard]] bool open() const { return static_cast<bool>(m_answer); }
    [[nodiscard]] PinField* pinField() const { return m_pin; }
    /// A word about this question from the page around it: the rehearsal's PIN, say.
    void setHint(const QString& hint);

private:
    void answerYes();
    void answerNo();
    void answer(bool yes);
    void prepareFor(app::QuestionKind kind);

    QLabel* m_text;
    QLabel* m_hint;
    DetailsView* m_details;
    PinField* m_pin;
    QLabel* m_pinNote;
    QPushButton* m_yes;
    QPushButton* m_no;
    app::QuestionKind m_kind = app::QuestionKind::Confirmation;
    std::string m_id;
    std::function<void(app::Answer)> m_answer;
};

}  // namespace keyconvoy::ui
