#include "tests/bench/desktop_import.h"

#include "ui/main_window.h"
#include "ui/pages/import_page.h"
#include "ui/widgets/pin_field.h"

#include <ctime>
#include <QComboBox>
#include <QCoreApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>
#include <QSpinBox>
#include <QTest>
#include <utility>

namespace keyconvoy::bench {

using ui::ImportPage;

namespace {

constexpr int heartbeatMilliseconds = 2;
constexpr int handMilliseconds = 50;  ///< a fast person; the loop has turns between two acts

double threadCpu() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

}  // namespace

DesktopImport::DesktopImport(ui::MainWindow& window) : QObject{&window}, m_window{window} {
    m_heart.setTimerType(Qt::PreciseTimer);
    m_hand.setTimerType(Qt::PreciseTimer);
    connect(&m_heart, &QTimer::timeout, this, &DesktopImport::beat);
    connect(&m_hand, &QTimer::timeout, this, &DesktopImport::act);
    m_sinceBeat.start();
    m_cpuAtBeat = threadCpu();
    m_heart.start(heartbeatMilliseconds);
    m_hand.start(handMilliseconds);
}

void DesktopImport::beat() {
    const double away = static_cast<double>(m_sinceBeat.nsecsElapsed()) / 1e6 - heartbeatMilliseconds;
    const double cpu = threadCpu();
    if (away > m_worst) {
        m_worst = away;
        m_worstCpu = cpu - m_cpuAtBeat;
        m_worstPlace = m_place;
    }
    ++m_heartbeats;
    m_cpuAtBeat = cpu;
    m_sinceBeat.restart();
}

void DesktopImport::act() {
    if (m_window.currentPage() == ui::PageId::Start) {
        m_place = "making-the-rehearsal";
        press("start.rehearse");
    } else if (auto* page = dynamic_cast<ImportPage*>(m_window.page(m_window.currentPage()))) {
        actOnImport(*page);
    }
}

void DesktopImport::actOnImport(ImportPage& page) {
    m_place = "part-" + std::to_string(page.current());
    switch (page.current()) {
        case ImportPage::Key: {
            auto& tokens = *page.findChild<QComboBox*>(QStringLiteral("import.rehearsal-token"));
            auto& label = *page.findChild<QLineEdit*>(QStringLiteral("import.label"));
            if (const int nss = tokens.findText(QStringLiteral("NSS softokn")); tokens.currentIndex() != nss) {
                tokens.setCurrentIndex(nss);
                Q_EMIT tokens.activated(nss);
            } else if (label.text().isEmpty()) {
                QTest::keyClicks(&label, QStringLiteral("bench"));
            } else {
                press("import.next");
            }
            return;
        }
        case ImportPage::Expiry:
            page.findChild<QRadioButton*>(QStringLiteral("import.expiry-period"))->click();
            page.findChild<QSpinBox*>(QStringLiteral("import.expiry-days"))->setValue(30);
            press("import.next");
            return;
        case ImportPage::Run: answer(page); return;
        case ImportPage::Result:
            if (page.busy()) {  // not all of it is open
                return;
            }
            m_hand.stop();
            QTimer::singleShot(handMilliseconds, this, &DesktopImport::ended);  // the result's own picture counts too
            return;
        default: press("import.next");
    }
}

void DesktopImport::answer(ImportPage& page) {
    auto* run = page.findChild<QWidget*>(QStringLiteral("import.part.%1").arg(ImportPage::Run));
    auto* pin = run->findChild<ui::PinField*>();
    auto* yes = run->findChild<QPushButton*>(QStringLiteral("question.yes"));
    if (!page.busy()) {
        qFatal("the import failed");
    }
    if (pin->isVisible()) {
        static const QRegularExpression digits{QStringLiteral("[0-9]{4,}")};
        const QString hint = run->findChild<QLabel*>(QStringLiteral("question.hint"))->text();
        QTest::keyClicks(pin, digits.match(hint).captured());
        QTest::keyClick(pin, Qt::Key_Return);
    } else if (yes->isVisible() && yes->isEnabled()) {
        QTest::mouseClick(yes, Qt::LeftButton);
    }
}

void DesktopImport::press(const char* name) {
    auto* button = m_window.findChild<QAbstractButton*>(QString::fromLatin1(name));
    if (button->isVisible() && button->isEnabled()) {
        QTest::mouseClick(button, Qt::LeftButton);
    }
}

}  // namespace keyconvoy::bench
