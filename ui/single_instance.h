#pragma once

#include <QObject>
#include <QString>

class QLocalServer;

namespace keyconvoy::ui {

/// One window per user: two would fight over the token. The second start asks the first to come to the front.
class SingleInstance final : public QObject {
    Q_OBJECT

public:
    /// `name` tells programs apart; the socket lies in the user's own runtime folder.
    explicit SingleInstance(const QString& name, QObject* parent = nullptr);

    /// False when another one of this user runs; that one was told.
    [[nodiscard]] bool isFirst() const { return m_server != nullptr; }

Q_SIGNALS:
    void anotherStarted();

private:
    [[nodiscard]] static bool tellTheFirst(const QString& name);
    void listen(const QString& name);

    QLocalServer* m_server = nullptr;
};

}  // namespace keyconvoy::ui
