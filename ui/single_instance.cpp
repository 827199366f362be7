#include "ui/single_instance.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <QFile>
#include <QLocalServer>
#include <QLocalSocket>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace keyconvoy::ui {

namespace {

constexpr int patienceMilliseconds = 500;

bool isOurOwn(const QString& folder) {
    struct stat status {};
    return lstat(QFile::encodeName(folder).constData(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == getuid() &&
           (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

SingleInstance::SingleInstance(const QString& folder, QObject* parent) : QObject{parent}, m_place{Place::Unknown} {
    if (!isOurOwn(folder)) {  // else another user could pose as the first one
        m_whyUnknown = QStringLiteral("the folder \"%1\" is not this user's own").arg(folder);
        return;
    }
    const QString name = folder + QStringLiteral("/keyconvoy-desktop");
    m_place = takeLock(name + QStringLiteral(".lock"));
    if (m_place == Place::First) {
        listen(name);
    } else if (m_place == Place::Second) {
        tellTheFirst(name);
    }
}

SingleInstance::Place SingleInstance::takeLock(const QString& path) {
    m_lock = FileDescriptor{::open(QFile::encodeName(path).constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (m_lock.valid() && ::flock(m_lock.get(), LOCK_EX | LOCK_NB) == 0) {
        return Place::First;
    }
    if (m_lock.valid() && errno == EWOULDBLOCK) {
        return Place::Second;
    }
    m_whyUnknown = path + QStringLiteral(": ") + QString::fromLocal8Bit(std::strerror(errno));  // NOLINT(concurrency-mt-unsafe)
    return Place::Unknown;
}

void SingleInstance::tellTheFirst(const QString& path) const {
    QLocalSocket socket;
    socket.connectToServer(path);
    static_cast<void>(socket.waitForConnected(patienceMilliseconds));  // one that is just starting comes to the front by itself
}

void SingleInstance::listen(const QString& path) {
    m_server = new QLocalServer{this};
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    QLocalServer::removeServer(path);  // ours is the lock, so this one was left by a process that was killed
    if (!m_server->listen(path)) {
        return;  // then nobody can call this window; it is still the only one
    }
    connect(m_server, &QLocalServer::newConnection, this, [this] {
        delete m_server->nextPendingConnection();
        Q_EMIT anotherStarted();
    });
}

}  // namespace keyconvoy::ui
