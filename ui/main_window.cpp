#include "ui/main_window.h"

#include "ui/desk.h"
#include "ui/end_signals.h"
#include "ui/jobs/task.h"
#include "ui/language/text.h"
#include "ui/look/icons.h"
#include "ui/look/spacing.h"
#include "ui/look/theme.h"
#include "ui/pages/about_page.h"
#include "ui/pages/import_page.h"
#include "ui/pages/start_page.h"
#include "ui/pages/station_page.h"
#include "ui/pages/tokens_page.h"
#include "ui/widgets/ask_panel.h"
#include "ui/widgets/mode_banner.h"
#include "ui/widgets/parts.h"

#include <algorithm>
#include <iostream>
#include <QCloseEvent>
#include <QScreen>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <utility>

namespace keyconvoy::ui {

namespace {

constexpr const char* geometryKey = "window/geometry";
constexpr QSize firstSize{1120, 680};
constexpr int narrowestNavigation = 200;
constexpr QSize pictureSize{20, 20};

}  // namespace

MainWindow::MainWindow(Desk& desk)
    : m_desk{desk},
      m_stack{new QStackedWidget},
      m_navigation{new QVBoxLayout},
      m_ask{new AskPanel{QStringLiteral("close"), this}} {
    setWindowTitle(tr("Keyconvoy"));
    auto* centre = new QWidget{this};
    auto* column = new QVBoxLayout{centre};
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* banner = new ModeBanner{desk, centre};
    connect(banner, &ModeBanner::endWanted, this, &MainWindow::askToEndRehearsal);
    column->addWidget(banner);
    column->addWidget(m_ask);
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(makeNavigation());
    row->addWidget(m_stack, 1);
    column->addLayout(row, 1);
    setCentralWidget(centre);

    addWayTo(PageId::Start, QStringLiteral("home"), tr("Start"));
    addWayTo(PageId::Import, QStringLiteral("import"), tr("Import a key"));
    addWayTo(PageId::Tokens, QStringLiteral("token"), tr("Tokens"));
    addWayTo(PageId::Station, QStringLiteral("station"), tr("Station"));
    addWayTo(PageId::About, QStringLiteral("about"), tr("About"));
    m_navigation->addStretch(1);
    fitNavigation();
    connect(&desk, &Desk::rehearsalFailed, this, [this] { open(PageId::Start); });  // where it is said
    restore();
    open(PageId::Start);
}

QWidget* MainWindow::makeNavigation() {
    auto* frame = new QFrame{this};
    setKind(frame, "navigation");
    frame->setLayout(m_navigation);
    m_navigation->setContentsMargins(spacing::small, spacing::wide, spacing::small, spacing::wide);
    m_navigation->setSpacing(spacing::hair);
    return frame;
}

void MainWindow::addWayTo(PageId id, const QString& iconName, const QString& name) {
    auto* button = new QToolButton{this};
    setKind(button, "navigation");
    button->setObjectName(QStringLiteral("navigation.%1").arg(static_cast<int>(id)));
    button->setText(name);
    // A number, since the letters belong to the pages.
    button->setShortcut(QKeySequence{Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(m_buttons.size()))});
    button->setCheckable(true);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setIconSize(pictureSize);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setFocusPolicy(Qt::StrongFocus);
    m_buttons.emplace(id, button);
    m_icons.emplace(id, iconName);
    drawWayTo(id);
    connect(&Theme::current(), &Theme::changed, button, [this, id] { drawWayTo(id); });
    m_navigation->addWidget(button);
    connect(button, &QToolButton::clicked, this, [this, id] { open(id); });
}

/// A page whose job runs, or waits for an answer, is found again from everywhere.
void MainWindow::drawWayTo(PageId id) {
    QToolButton* button = m_buttons.at(id);
    const auto made = m_pages.find(id);
    const bool running = made != m_pages.end() && made->second->busy();
    const Colours& colours = Theme::current().colours();
    button->setIcon(running ? icon(QStringLiteral("running"), colours.accent) : icon(m_icons.at(id), colours.text));
    const QString name = running ? tr("%1, running").arg(button->text()) : button->text();
    button->setAccessibleName(name);
    button->setToolTip(tr("%1 (%2)").arg(name, button->shortcut().toString(QKeySequence::NativeText)));
}

Page* MainWindow::makePage(PageId id) {
    switch (id) {
        case PageId::Start: {
            auto* start = new StartPage{m_desk, m_stack};
            connect(start, &StartPage::rehearsalWanted, this, &MainWindow::startRehearsal);
            return start;
        }
        case PageId::Import: return new ImportPage{m_desk, m_stack};
        case PageId::Tokens: return new TokensPage{m_desk, m_stack};
        case PageId::Station: return new StationPage{m_desk, m_stack};
        case PageId::About: return new AboutPage{m_desk, m_stack};
    }
    return nullptr;
}

Page* MainWindow::page(PageId id) {
    if (const auto made = m_pages.find(id); made != m_pages.end()) {
        return made->second;
    }
    Page* page = makePage(id);
    m_pages.emplace(id, page);
    m_stack->addWidget(page);
    connect(page, &Page::pageWanted, this, &MainWindow::open);
    connect(page, &Page::busyChanged, this, &MainWindow::keepOthersWaiting);
    connect(page, &Page::discardWanted, this, [this, page] {
        const auto discard = [page] { page->discard(); };
        if (!askBeforeLoss(*page, tr("Begin anew all the same"), discard)) {
            discard();
        }
    });
    keepOthersWaiting();
    return page;
}

/// The window is shown with one page; the others are made piece by piece, in between what else happens, so that each is there at
/// once when it is opened.
void MainWindow::prepareNextPage() {
    for (const auto& [id, button] : m_buttons) {
        const bool isThere = m_pages.contains(id);
        if (page(id)->prepare() || !isThere) {
            QTimer::singleShot(0, this, &MainWindow::prepareNextPage);
            return;
        }
    }
}

void MainWindow::paintEvent(QPaintEvent* event) {
    QMainWindow::paintEvent(event);
    if (!std::exchange(m_shown, true)) {
        QTimer::singleShot(0, this, &MainWindow::prepareNextPage);
    }
}

/// As wide as the longest name.
void MainWindow::fitNavigation() {
    int widest = narrowestNavigation;
    for (const auto& [id, button] : m_buttons) {
        button->ensurePolished();
        widest = std::max(widest, button->sizeHint().width() + 2 * spacing::small + 1);
    }
    m_navigation->parentWidget()->setFixedWidth(widest);
}

void MainWindow::open(PageId id) {
    m_current = id;
    m_stack->setCurrentWidget(page(id));
    for (const auto& [buttonOf, button] : m_buttons) {
        button->setChecked(buttonOf == id);
    }
    page(id)->enter();
}

PageId MainWindow::pageIdOf(const Page& page) const {
    return std::ranges::find(m_pages, &page, &std::pair<const PageId, Page*>::second)->first;
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
    const bool changed = m_desk.busy() != (busy != nullptr);
    m_desk.setBusy(busy != nullptr);
    if (changed && !m_leaving) {
        m_ask->clear();  // it was asked about another state of things
    }
    for (const auto& [id, page] : m_pages) {
        drawWayTo(id);
        if (id == PageId::Import || id == PageId::Tokens || id == PageId::Station) {
            page->waitFor(busy == nullptr || busy == page ? QString{} : busy->accessibleName());
        }
    }
}

/// What stands on the page of the import is about production, and cannot be there in a rehearsal.
void MainWindow::startRehearsal() {
    Page* import = page(PageId::Import);
    const auto start = [this, import] {
        if (!import->unsaved().isEmpty()) {
            import->discard();
        }
        m_desk.startRehearsal();
    };
    if (!askBeforeLoss(*import, tr("Rehearse all the same"), [this, start] {
            open(PageId::Start);
            start();
        })) {
        start();
    }
}

void MainWindow::askToEndRehearsal() {
    m_ask->ask(tr("End the rehearsal? Its tokens, their keys and the simulated KMS are thrown away; what was typed in is lost."),
               {{tr("End it"), "end",
                 [this] {
                     if (!m_desk.busy()) {
                         m_desk.endRehearsal();
                     }
                 }},
                {tr("Go on rehearsing"), "rehearse", {}}});
}

void MainWindow::askToLeave(Page& page) {
    m_ask->ask(tr("%1 is still running. It can end after the call that is under way; what exists by then is named.")
                   .arg(page.accessibleName()),
               {{tr("Cancel it, then close"), "leave", [this] { leave(); }}, {tr("Go on with it"), "stay", {}}});
}

/// A call that is under way cannot be interrupted, by nobody: so the window stays until the token's thread has nothing to do.
void MainWindow::leave() {
    m_leaving = true;
    m_ended = busyPage();
    for (const auto& [id, page] : m_pages) {
        page->cancel();
    }
    m_desk.cancelStartingRehearsal();
    m_ask->ask(tr("The window closes when the call that is under way has ended, or says what was left. Closing at once may leave "
                  "something half-done: then look at the token and at KMS before anything is repeated."),
               {{tr("Close at once"), "at-once", [] { endAtOnce(); }}, {tr("Wait for it"), "wait", {}}});
    runTask<bool>(
        m_desk.worker(), this, [] { return true; }, [this](bool) { leaveNow(); }, [](const Failure&) {});
}

void MainWindow::leaveNow() {
    m_leaving = false;
    m_ask->clear();
    const Page* ended = std::exchange(m_ended, nullptr);
    const QString news = ended == nullptr ? QString{} : ended->news();
    if (!news.isEmpty() && !m_unasked) {
        open(pageIdOf(*ended));
        return;
    }
    if (!news.isEmpty()) {
        std::cerr << "keyconvoy-desktop: " << toUtf8(news) << '\n';
    }
    close();
}

void MainWindow::closeUnasked() {
    m_unasked = true;
    if (!m_leaving) {
        close();
    }
}

/// False when nothing would be lost, and nothing was asked.
bool MainWindow::askBeforeLoss(const Page& page, const QString& verb, const std::function<void()>& goOn) {
    const QString loss = page.unsaved();
    if (loss.isEmpty()) {
        return false;
    }
    open(pageIdOf(page));
    m_ask->ask(loss, {{verb, "discard", goOn}, {tr("Stay here"), "keep", {}}});
    return true;
}

bool MainWindow::askBeforeClosing() {
    return std::ranges::any_of(m_pages, [this](const auto& entry) {
        return askBeforeLoss(*entry.second, tr("Close all the same"), [this] {
            m_mayLose = true;
            close();
        });
    });
}

void MainWindow::closeEvent(QCloseEvent* event) {
    Page* busy = busyPage();
    if (busy == nullptr && m_desk.worker().idle()) {
        if (!m_unasked && !std::exchange(m_mayLose, false) && askBeforeClosing()) {
            event->ignore();
            return;
        }
        m_desk.profiles().settings().setValue(QLatin1String{geometryKey}, saveGeometry());
        event->accept();
        return;
    }
    event->ignore();
    if (m_leaving) {
        return;
    }
    if (busy != nullptr && !m_unasked) {
        askToLeave(*busy);
    } else {
        leave();
    }
}

void MainWindow::restore() {
    constexpr QSize frame{24, 48};  // what a window manager puts around a window, roughly
    resize(firstSize.boundedTo(screen()->availableSize() - frame));
    restoreGeometry(m_desk.profiles().settings().value(QLatin1String{geometryKey}).toByteArray());
}

}  // namespace keyconvoy::ui
