#pragma once

#include <functional>
#include <memory>
#include <QCoreApplication>
#include <QMetaObject>
#include <QObject>
#include <utility>

namespace keyconvoy::ui {

/// Carries calls from the token's thread to the window's. The worker keeps it alive for as long as it may call; the page it calls
/// may be gone by then.
class Relay {
public:
    /// To be made on the window's thread.
    Relay() : m_mailbox{new QObject, &Relay::destroy} {}

    /// From any thread: `call` runs later, on the window's thread. What it captures is copied, so it may own shared things only.
    void post(std::function<void()> call) const {
        // The call keeps its mailbox: deferred deletions may be carried out before other events that were posted earlier.
        QMetaObject::invokeMethod(
            m_mailbox.get(), [mailbox = m_mailbox, what = std::move(call)] { what(); }, Qt::QueuedConnection);
    }

private:
    /// A call that still waits when the application ends is destroyed by it under the lock of its events: posting one more then
    /// would wait for ever.
    static void destroy(QObject* mailbox) {
        if (QCoreApplication::instance() != nullptr) {
            mailbox->deleteLater();
        } else {
            delete mailbox;
        }
    }

    std::shared_ptr<QObject> m_mailbox;
};

}  // namespace keyconvoy::ui
