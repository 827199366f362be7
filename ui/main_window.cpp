#include "ui/main_window.h"

#include "ui/desk.h"
#include "ui/look/icons.h"
#include "ui/look/spacing.h"
#include "ui/look/theme.h"
#include "ui/pages/about_page.h"
#include "ui/pages/import_page.h"
#include "ui/pages/start_page.h"
#include "ui/pages/station_page.h"
#include "ui/pages/tokens_page.h"
#include "ui/widgets/mode_banner.h"
#include "ui/widgets/parts.h"

#include <QCloseEvent>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr const char* geometryKey = "window/geometry";
constexpr QSize firstSize{1120, 680};
constexpr int navigationWidth = 200;
constexpr QSize pictureSize{20, 20};

}  // namespace

MainWindow::MainWindow(Desk& desk) : m_desk{desk}, m_stack{new QStackedWidget}, m_navigation{new QVBoxLayout} {
    setWindowTitle(tr("Keyconvoy"));
    auto* centre = new QWidget{this};
    auto* column = new QVBoxLayout{centre};
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(new ModeBanner{desk, centre});
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(makeNavigation());
    row->addWidget(m_stack, 1);
    column->addLayout(row, 1);
    setCentralWidget(centre);

    addPage(PageId::Start, new StartPage{desk, m_stack}, QStringLiteral("home"), tr("&Start"));
    addPage(PageId::Import, new ImportPage{desk, m_stack}, QStringLiteral("import"), tr("&Import a key"));
    addPage(PageId::Tokens, new TokensPage{desk, m_stack}, QStringLiteral("token"), tr("&Tokens"));
    addPage(PageId::Station, new StationPage{desk, m_stack}, QStringLiteral("station"), tr("St&ation"));
    addPage(PageId::About, new AboutPage{desk, m_stack}, QStringLiteral("about"), tr("A&bout"));
    m_navigation->addStretch(1);
    restore();
    open(PageId::Start);
}

QWidget* MainWindow::makeNavigation() {
    auto* frame = new QFrame{this};
    setKind(frame, "navigation");
    frame->setFixedWidth(navigationWidth);
    frame->setLayout(m_navigation);
    m_navigation->setContentsMargins(spacing::small, spacing::wide, spacing::small, spacing::wide);
    m_navigation->setSpacing(spacing::hair);
    return frame;
}

void MainWindow::addPage(PageId id, Page* page, const QString& iconName, const QString& name) {
    m_pages.emplace(id, page);
    m_stack->addWidget(page);
    auto* button = new QToolButton{this};
    setKind(button, "navigation");
    button->setObjectName(QStringLiteral("navigation.%1").arg(static_cast<int>(id)));
    button->setText(name);
    button->setAccessibleName(withoutMnemonic(name));
    button->setCheckable(true);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setIconSize(pictureSize);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setFocusPolicy(Qt::StrongFocus);
    const auto draw = [button, iconName] { button->setIcon(icon(iconName, Theme::current().colours().text)); };
    draw();
    connect(&Theme::current(), &Theme::changed, button, draw);
    m_buttons.emplace(id, button);
    m_navigation->addWidget(button);
    connect(button, &QToolButton::clicked, this, [this, id] { open(id); });
    connect(page, &Page::pageWanted, this, &MainWindow::open);
    connect(page, &Page::busyChanged, this, [this](bool busy) {
        keepOthersWaiting();
        if (!busy && m_closeWhenIdle) {
            close();
        }
    });
}

void MainWindow::open(PageId id) {
    m_current = id;
    m_stack->setCurrentWidget(m_pages.at(id));
    for (const auto& [buttonOf, button] : m_buttons) {
        button->setChecked(buttonOf == id);
    }
    m_pages.at(id)->enter();
}

Page* MainWindow::busyPage() const {
    for (const auto& [id, page] : m_pages) {
        if (page->busy()) {
            return page;
        }
    }
    return nullptr;
}

/// One token, one thread, one job: a login made for one page is not used by another.
void MainWindow::keepOthersWaiting() {
    const Page* busy = busyPage();
    m_desk.setBusy(busy != nullptr);
    for (const PageId id : {PageId::Import, PageId::Tokens, PageId::Station}) {
        Page* page = m_pages.at(id);
        page->waitFor(busy == nullptr || busy == page ? QString{} : busy->accessibleName());
    }
}

void MainWindow::askToLeave(Page& page) {
    auto* box = new QMessageBox{this};
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("close.question"));
    box->setIcon(QMessageBox::NoIcon);
    box->setWindowTitle(tr("Something is running"));
    box->setText(tr("%1 is still running.").arg(page.accessibleName()));
    box->setInformativeText(
        tr("It can end after the call that is under way. What exists by then is named; nothing half-done is left."));
    QPushButton* stay = box->addButton(tr("Go on with it"), QMessageBox::RejectRole);
    QPushButton* leave = box->addButton(tr("Cancel it, then close"), QMessageBox::AcceptRole);
    stay->setObjectName(QStringLiteral("close.stay"));
    leave->setObjectName(QStringLiteral("close.leave"));
    box->setDefaultButton(stay);
    connect(leave, &QPushButton::clicked, this, [this, &page] { leaveWhenIdle(page); });
    box->open();
}

void MainWindow::leaveWhenIdle(Page& page) {
    m_closeWhenIdle = true;
    page.cancel();
    if (busyPage() == nullptr) {
        close();
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (Page* busy = busyPage()) {
        event->ignore();
        if (!m_closeWhenIdle) {
            askToLeave(*busy);
        }
        return;
    }
    m_desk.profiles().settings().setValue(QLatin1String{geometryKey}, saveGeometry());
    event->accept();
}

void MainWindow::restore() {
    resize(firstSize);
    restoreGeometry(m_desk.profiles().settings().value(QLatin1String{geometryKey}).toByteArray());
}

}  // namespace keyconvoy::ui
