#pragma once

#include <QWidget>

class QFrame;
class QLabel;
class QVBoxLayout;

class QScrollArea;

namespace keyconvoy::ui {

class Desk;

enum class PageId { Start, Import, Tokens, Station, About };

/// One page of the window: a title, an introduction and what the page adds, in a column that scrolls.
class Page : public QWidget {
    Q_OBJECT

public:
    /// A job of this page is running; leaving the window asks first.
    [[nodiscard]] virtual bool busy() const { return false; }
    /// Asks the running job to end at its next safe point.
    virtual void cancel() {}
    /// What has to be read of the job that ended last before the window goes: what it left, or that it came to its end after all.
    [[nodiscard]] virtual QString news() const { return {}; }
    /// What would be lost with the window, as a sentence that says so; empty: nothing.
    [[nodiscard]] virtual QString unsaved() const { return {}; }
    /// Begins anew; what unsaved() speaks of is lost.
    virtual void discard() {}
    /// The page comes to the front.
    virtual void enter() {}
    /// Makes the next of what is not there yet, false when all is. The window calls it again and again, with other things in
    /// between, since all at once would take too long; what enter() needs is made there at the latest.
    virtual bool prepare() { return false; }
    /// Nothing can be done here while another page has the token; says which. Empty: go on.
    void waitFor(const QString& otherPage);

Q_SIGNALS:
    void pageWanted(keyconvoy::ui::PageId page);
    void busyChanged(bool busy);
    /// Somebody wants to begin anew; the window asks where something would be lost.
    void discardWanted();

protected:
    Page(Desk& desk, const QString& title, const QString& introduction, QWidget* parent);
    [[nodiscard]] Desk& desk() const { return m_desk; }
    /// Where the page adds its parts.
    [[nodiscard]] QVBoxLayout* content() const { return m_content; }
    /// The parent of these parts. A part that is made with another one has all its styles resolved anew when it comes here.
    [[nodiscard]] QWidget* parts() const { return m_parts; }
    /// Scrolls so that this part of the page is seen.
    void reveal(QWidget* part);
    void scrollToTop();

private:
    Desk& m_desk;
    QVBoxLayout* m_content;
    QScrollArea* m_scroll;
    QFrame* m_waiting = nullptr;
    QLabel* m_waitingFor = nullptr;
    QWidget* m_parts = nullptr;
};

}  // namespace keyconvoy::ui
