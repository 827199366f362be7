#include "ui/pages/import/expiry_part.h"

#include "ui/language/text.h"
#include "ui/look/icons.h"
#include "ui/look/spacing.h"
#include "ui/look/theme.h"
#include "ui/widgets/columns.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/form.h"
#include "ui/widgets/parts.h"

#include <algorithm>
#include <chrono>
#include <QCalendarWidget>
#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QRadioButton>
#include <QSpinBox>
#include <QTextCharFormat>
#include <QTimer>
#include <QTimeZone>
#include <QToolButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int longestDays = 364;  // the spin box's end; what KMS takes is said by the engine
constexpr int calendarDays = 365;
constexpr std::chrono::seconds describedAnewEach{10};
constexpr int narrowField = 190;
constexpr QSize calendarSize{308, 216};
constexpr int narrowNames = 90;

enum class Zone { Here, Utc };

[[noreturn]] void throwNotChosen(Text cause, Text remedy) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("ExpiryPart", "expiry of the material"), std::move(cause), std::move(remedy)};
}

}  // namespace

ExpiryPart::ExpiryPart(QWidget* parent)
    : ImportPart{parent},
      m_date{makeRadio(tr("At a date and &time"), "import.expiry-date", this)},
      m_time{new QDateTimeEdit{this}},
      m_zone{makeChoice("import.expiry-zone", this)},
      m_calendar{new QCalendarWidget{this}},
      m_period{makeRadio(tr("After a number of &days, counted from the import"), "import.expiry-period", this)},
      m_days{new QSpinBox{this}},
      m_never{makeRadio(tr("Ne&ver"), "import.expiry-never", this)},
      m_neverAgain{new QCheckBox{tr("Yes, never: KMS keeps it until somebody d&eletes it, and nothing reminds anybody"), this}},
      m_state{makeText({}, this)},
      m_details{new DetailsView{this}},
      m_tick{new QTimer{this}} {
    m_time->setObjectName(QStringLiteral("import.expiry-time"));
    m_calendar->setObjectName(QStringLiteral("import.expiry-calendar"));
    m_days->setObjectName(QStringLiteral("import.expiry-days"));
    m_neverAgain->setObjectName(QStringLiteral("import.expiry-never-again"));
    m_neverAgain->setAccessibleName(withoutMnemonic(m_neverAgain->text()));
    m_state->setObjectName(QStringLiteral("import.expiry-state"));
    layOut();
    m_tick->setInterval(describedAnewEach);
    connect(m_tick, &QTimer::timeout, this, &ExpiryPart::describe);
    for (QRadioButton* choice : {m_date, m_period, m_never}) {
        connect(choice, &QRadioButton::toggled, this, &ExpiryPart::describe);
    }
    connect(m_days, &QSpinBox::valueChanged, this, &ExpiryPart::describe);
    connect(m_neverAgain, &QCheckBox::toggled, this, &ExpiryPart::describe);
    connect(m_zone, &QComboBox::currentIndexChanged, this, &ExpiryPart::describe);
    connect(m_time, &QDateTimeEdit::dateTimeChanged, this, [this](const QDateTime& time) {
        m_dateChosen = true;
        const QSignalBlocker quiet{m_calendar};
        showInCalendar(time.date());
        describe();
    });
    connect(m_calendar, &QCalendarWidget::selectionChanged, this, [this] { m_time->setDate(m_calendar->selectedDate()); });
    startAnother();
}

void ExpiryPart::layOut() {
    auto* outer = new QVBoxLayout{this};
    outer->setContentsMargins(0, 0, 0, 0);
    auto* columns = new Columns{this};
    outer->addWidget(columns);
    auto* choice = new Card{tr("When the imported material expires"), this};
    columns->add(choice, 2);
    QVBoxLayout* column = choice->content();
    column->addWidget(
        makeCaption(tr("At that moment KMS deletes the material and the KMS key stops working, until the same "
                       "material is imported again. There is no default.")));
    column->addWidget(m_date);
    addDate(addBelowChoice(column, m_date, choice));
    column->addWidget(m_period);
    m_days->setRange(0, longestDays);
    m_days->setSpecialValueText(tr("not chosen"));
    m_days->setSuffix(tr(" days"));
    m_days->setMaximumWidth(narrowField);
    addField(addBelowChoice(column, m_period, choice), tr("Da&ys"), m_days, tr("1 to %1").arg(longestDays));
    column->addWidget(m_never);
    addBelowChoice(column, m_never, choice)->addWidget(m_neverAgain);

    auto* meaning = new Card{tr("What that means"), this};
    columns->add(meaning, 1);
    m_details->setNameWidth(narrowNames);
    meaning->content()->addWidget(m_state);
    meaning->content()->addWidget(m_details);
}

void ExpiryPart::addDate(QVBoxLayout* column) {
    m_time->setDisplayFormat(QStringLiteral("yyyy-MM-dd  HH:mm"));
    m_time->setTimeSpec(Qt::UTC);  // no zone of its own: the one beside it says how to read it
    const QString here = QDateTime::currentDateTime().timeZoneAbbreviation();
    m_zone->addItem(tr("Time here (%1)").arg(here), static_cast<int>(Zone::Here));
    m_zone->addItem(tr("UTC"), static_cast<int>(Zone::Utc));
    m_calendar->setVerticalHeaderFormat(QCalendarWidget::NoVerticalHeader);
    m_calendar->setFirstDayOfWeek(QLocale{}.firstDayOfWeek());
    m_calendar->setAccessibleName(tr("Calendar: the day of expiry"));
    auto* row = new QHBoxLayout;
    row->setSpacing(spacing::wide);
    auto* fields = new QVBoxLayout;
    fields->setSpacing(spacing::normal);
    m_time->setMaximumWidth(narrowField);
    m_zone->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    addField(fields, tr("Date and ti&me"), m_time);
    addField(fields, tr("&Zone"), m_zone);
    fields->addStretch(1);
    row->addLayout(fields);
    m_calendar->setMinimumSize(calendarSize);
    row->addWidget(m_calendar, 1);
    column->addLayout(row);
    const auto draw = [this] { drawCalendar(); };
    connect(&Theme::current(), &Theme::changed, m_calendar, draw);
    draw();
}

/// The toolkit's own arrows and red Sundays are of no palette.
void ExpiryPart::drawCalendar() {
    const Colours& colours = Theme::current().colours();
    const auto drawArrow = [this, &colours](const char* button, const char* name) {
        if (auto* arrow = m_calendar->findChild<QToolButton*>(QString::fromLatin1(button))) {
            arrow->setIcon(icon(QString::fromLatin1(name), colours.text));
        }
    };
    drawArrow("qt_calendar_prevmonth", "back");
    drawArrow("qt_calendar_nextmonth", "forward");
    QTextCharFormat plain;
    plain.setForeground(colours.text);
    for (const Qt::DayOfWeek day : {Qt::Saturday, Qt::Sunday}) {
        m_calendar->setWeekdayTextFormat(day, plain);
    }
    QTextCharFormat head;
    head.setForeground(colours.mutedText);
    head.setBackground(colours.surface);
    m_calendar->setHeaderTextFormat(head);
}

void ExpiryPart::startAnother() {
    for (QRadioButton* choice : {m_date, m_period, m_never}) {
        choice->setAutoExclusive(false);
        choice->setChecked(false);
        choice->setAutoExclusive(true);
    }
    m_time->setDateTime(QDateTime{QDate::currentDate(), QTime{12, 0}, Qt::UTC});
    showInCalendar(m_time->date());
    m_dateChosen = false;
    m_days->setValue(0);
    m_neverAgain->setChecked(false);
    describe();
}

/// The days that KMS may take can be chosen; one that was typed in is shown even when it is none of them.
void ExpiryPart::showInCalendar(QDate date) {
    const QDate today = QDate::currentDate();
    m_calendar->setDateRange(std::min(today, date), std::max(today.addDays(calendarDays), date));
    m_calendar->setSelectedDate(date);
}

void ExpiryPart::enter(const ImportDraft& /*soFar*/) {
    describe();
    for (QRadioButton* choice : {m_date, m_period, m_never}) {
        if (choice->isChecked()) {
            choice->setFocus(Qt::OtherFocusReason);
            return;
        }
    }
    m_date->setFocus(Qt::OtherFocusReason);
}

void ExpiryPart::showEvent(QShowEvent* event) {
    ImportPart::showEvent(event);
    m_tick->start();
}

void ExpiryPart::hideEvent(QHideEvent* event) {
    ImportPart::hideEvent(event);
    m_tick->stop();
}

TimePoint ExpiryPart::chosenTime() const {
    const auto zone = static_cast<Zone>(m_zone->currentData().toInt());
    const QDateTime time{m_time->date(), m_time->time(), zone == Zone::Utc ? QTimeZone::utc() : QTimeZone::systemTimeZone()};
    return TimePoint{std::chrono::milliseconds{time.toMSecsSinceEpoch()}};
}

app::Expiry ExpiryPart::expiry() const {
    if (m_date->isChecked()) {
        if (!m_dateChosen) {
            throwNotChosen(KC_TEXT("ExpiryPart", "no date is chosen yet"), KC_TEXT("ExpiryPart", "choose day, time and zone"));
        }
        return app::Expiry{chosenTime()};
    }
    if (m_period->isChecked()) {
        if (m_days->value() == 0) {
            throwNotChosen(KC_TEXT("ExpiryPart", "no number of days is chosen yet"), KC_TEXT("ExpiryPart", "choose how many"));
        }
        return app::Expiry::parse("P" + std::to_string(m_days->value()) + "D");
    }
    if (m_never->isChecked()) {
        if (!m_neverAgain->isChecked()) {
            throwNotChosen(KC_TEXT("ExpiryPart", "never is chosen, but not confirmed"),
                           KC_TEXT("ExpiryPart", "tick the box below it as well, or choose when it expires"));
        }
        return app::Expiry{app::NeverExpires{}};
    }
    throwNotChosen(KC_TEXT("ExpiryPart", "nothing is chosen yet"),
                   KC_TEXT("ExpiryPart", "choose a date, a number of days, or never; there is no default"));
}

void ExpiryPart::describe() {
    try {
        const TimePoint now = systemNow();
        m_details->show(app::describeExpiry(expiry().validTo(now), now));
        m_state->hide();
        m_details->setVisible(true);
    } catch (const Error& error) {
        m_details->hide();
        m_state->setText(translatedSentence(error.failure().cause) + QStringLiteral(".\n") +
                         translatedSentence(error.failure().remedy) + QLatin1Char{'.'});
        m_state->show();
    }
}

void ExpiryPart::contribute(ImportDraft& draft) const {
    draft.request.expiry = expiry();
    static_cast<void>(draft.request.expiry.validTo(systemNow()));
}

}  // namespace keyconvoy::ui
