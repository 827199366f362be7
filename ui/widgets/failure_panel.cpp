#include "ui/widgets/failure_panel.h"

#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/flowing_label.h"
#include "ui/widgets/parts.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

const QString bullet = QStringLiteral("•  ");

QString headingFor(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::InvalidInput: return FailurePanel::tr("Something given is not right");
        case ErrorKind::NotFound: return FailurePanel::tr("Something was not found");
        case ErrorKind::Refused: return FailurePanel::tr("Refused by a rule");
        case ErrorKind::Unavailable: return FailurePanel::tr("Something needed is not available");
        case ErrorKind::Integrity: return FailurePanel::tr("A check failed: stop and find out why");
        case ErrorKind::Cancelled: return FailurePanel::tr("Cancelled");
        case ErrorKind::Internal: return FailurePanel::tr("A defect of this program");
    }
    return {};
}

}  // namespace

FailurePanel::FailurePanel(QWidget* parent) : QFrame{parent}, m_parts{new QVBoxLayout} {
    setKind(this, "failure");
    setObjectName(QStringLiteral("failure"));
    auto* row = new QHBoxLayout{this};
    row->setContentsMargins(spacing::wide, spacing::wide, spacing::wide, spacing::wide);
    row->setSpacing(spacing::normal);
    row->addWidget(new IconLabel{QStringLiteral("warning"), IconLabel::Meaning::Problem, 24, this}, 0, Qt::AlignTop);
    m_parts->setSpacing(spacing::hair);
    row->addLayout(m_parts, 1);
    row->addWidget(makeCopyButton(
                       tr("the error"), [this] { return m_text; }, this),
                   0, Qt::AlignTop);
    setFocusPolicy(Qt::TabFocus);
    hide();
}

void FailurePanel::show(const Failure& failure) {
    clear();
    const QString heading = headingFor(failure.kind);
    addLine(makeHeading(heading, this), "failure.heading");
    addPart(tr("What happened"), translatedSentence(failure.cause), "failure.cause");
    addPart(tr("Where"), translatedSentence(failure.place), "failure.place");
    addPart(tr("What to do"), translatedSentence(failure.remedy), "failure.remedy");
    addDetails(failure.details);
    addPart(tr("Code"), toQString(failure.code), "failure.code");
    addPart(tr("The other side's words"), toQString(failure.serviceText), "failure.service-text");
    addPart(tr("Request ID"), toQString(failure.requestId), "failure.request-id");
    setAccessibleName(m_text);
    QFrame::show();
    announce(this);
}

void FailurePanel::clear() {
    hide();
    removeWidgets(m_parts);
    m_text.clear();
}

void FailurePanel::addPart(const QString& name, const QString& value, const char* objectName) {
    if (value.isEmpty()) {
        return;
    }
    addLine(makeFlowingText(name + QStringLiteral(": ") + value, this), objectName);
}

void FailurePanel::addDetails(const std::vector<FailureDetail>& details) {
    if (details.empty()) {
        return;
    }
    addLine(makeText(tr("One by one:"), this), "failure.details");
    for (const FailureDetail& detail : details) {
        QString line = tr("%1: %2").arg(translatedSentence(detail.subject), translated(detail.what));
        if (!detail.code.empty()) {
            line = tr("%1 (%2)").arg(line, toQString(detail.code));
        }
        addLine(makeFlowingText(bullet + line, this), "failure.detail");
    }
}

void FailurePanel::addLine(QLabel* label, const char* objectName) {
    label->setObjectName(QString::fromLatin1(objectName));
    m_parts->addWidget(label);
    m_text += FlowingLabel::given(*label) + QLatin1Char{'\n'};
}

}  // namespace keyconvoy::ui
