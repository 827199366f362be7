#pragma once

#include "core/file_descriptor.h"

#include <QObject>
#include <QString>

class QLocalServer;

namespace keyconvoy::ui {

/// One window per user: two would fight over the token. A lock decides, which goes with its process however that ends; over a
/// socket beside it the second start asks the first to come to the front.
class SingleInstance final : public QObject {
    Q_OBJECT

public:
    enum class Place {
        First,
        Second,   ///< another one of this user runs; that one was told
        Unknown,  ///< the lock cannot be made here; whyUnknown() says why
    };

    /// Lock and socket lie in `folder`, which must be the user's own.
    explicit SingleInstance(const QString& folder, QObject* parent = nullptr);

    [[nodiscard]] Place place() const { return m_place; }
    [[nodiscard]] const QString& whyUnknown() const { return m_whyUnknown; }

Q_SIGNALS:
    void anotherStarted();

private:
    [[nodiscard]] Place takeLock(const QString& path);
    void tellTheFirst(const QString& path) const;
    void listen(const QString& path);

    FileDescriptor m_lock;
    QString m_whyUnknown;
    Place m_place;
    QLocalServer* m_server = nullptr;
};

}  // namespace keyconvoy::ui
