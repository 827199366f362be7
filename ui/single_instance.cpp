#include "ui/single_instance.h"

#include <QLocalServer>
#include <QLocalSocket>

namespace keyconvoy::ui {

namespace {

constexpr int patienceMilliseconds = 500;

}  // namespace

SingleInstance::SingleInstance(const QString& name, QObject* parent) : QObject{parent} {
    if (!tellTheFirst(name)) {
        listen(name);
    }
}

bool SingleInstance::tellTheFirst(const QString& name) {
    QLocalSocket socket;
    socket.connectToServer(name);
    return socket.waitForConnected(patienceMilliseconds);
}

void SingleInstance::listen(const QString& name) {
    auto* server = new QLocalServer{this};
    server->setSocketOptions(QLocalServer::UserAccessOption);
    QLocalServer::removeServer(name);  // nobody answered there: left by one that was killed
    if (!server->listen(name)) {
        delete server;
        return;
    }
    m_server = server;
    connect(server, &QLocalServer::newConnection, this, [this] {
        delete m_server->nextPendingConnection();
        Q_EMIT anotherStarted();
    });
}

}  // namespace keyconvoy::ui
