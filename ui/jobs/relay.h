#pragma once

#include <functional>
#include <memory>
#include <QMetaObject>
#include <QObject>
#include <utility>

namespace keyconvoy::ui {

/// Carries calls from the token's thread to the window's. The worker keeps it alive for as long as it may call; the page it calls
/// may be gone by then.
class Relay {
public:
    /// To be made on the window's thread.
    Relay() : m_mailbox{new QObject, &Relay::deleteAfterItsCalls} {}

    /// From any thread: `call` runs later, on the window's thread. What it captures is copied, so it may own shared things only.
    void post(std::function<void()> call) const {
        QMetaObject::invokeMethod(m_mailbox.get(), std::move(call), Qt::QueuedConnection);
    }

private:
    /// A queued call of its own and not deleteLater() at once: a deferred deletion may overtake the calls that wait. The calls do
    /// not own the mailbox either: one that is left at the program's end would post while Qt holds the lock of its queue.
    static void deleteAfterItsCalls(QObject* mailbox) {
        QMetaObject::invokeMethod(
            mailbox, [mailbox] { mailbox->deleteLater(); }, Qt::QueuedConnection);
    }

    std::shared_ptr<QObject> m_mailbox;
};

}  // namespace keyconvoy::ui
