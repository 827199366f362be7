#pragma once

#include "ui/pages/page.h"

#include <functional>
#include <map>
#include <QMainWindow>

class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace keyconvoy::ui {

class AskPanel;

/// The shell: the mode above, the pages at the left, one of them open. It only connects pages.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(Desk& desk);

    /// Ends what runs, as soon as the call under way has ended, and closes the window then without asking. For the end of a
    /// session; what has to be read by then is written to standard error.
    void closeUnasked();

    void open(PageId id);
    /// Made when it is first asked for.
    Page* page(PageId id);
    [[nodiscard]] PageId currentPage() const { return m_current; }

protected:
    void closeEvent(QCloseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void addWayTo(PageId id, const QString& icon, const QString& name);
    void drawWayTo(PageId id);
    [[nodiscard]] Page* makePage(PageId id);
    void prepareNextPage();
    [[nodiscard]] QWidget* makeNavigation();
    void fitNavigation();
    [[nodiscard]] PageId pageIdOf(const Page& page) const;
    [[nodiscard]] Page* busyPage() const;
    void askToEndRehearsal();
    void askToLeave(Page& page);
    void leave();
    void leaveNow();
    void startRehearsal();
    [[nodiscard]] bool askBeforeLoss(const Page& page, const QString& verb, const std::function<void()>& goOn);
    [[nodiscard]] bool askBeforeClosing();
    void keepOthersWaiting();
    void restore();

    Desk& m_desk;
    QStackedWidget* m_stack;
    QVBoxLayout* m_navigation;
    std::map<PageId, Page*> m_pages;           ///< made so far
    std::map<PageId, QToolButton*> m_buttons;  ///< no QButtonGroup: in one, Tab would reach the checked button only
    std::map<PageId, QString> m_icons;
    PageId m_current = PageId::Start;
    AskPanel* m_ask;
    bool m_shown = false;
    bool m_leaving = false;
    bool m_mayLose = false;         ///< somebody said so
    bool m_unasked = false;         ///< nobody is there to read
    const Page* m_ended = nullptr;  ///< whose job was cancelled to leave
};

}  // namespace keyconvoy::ui
