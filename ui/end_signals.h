#pragma once

#include <QObject>

namespace keyconvoy::ui {

/// SIGINT, SIGTERM and SIGHUP as a Qt signal on the thread that made this: the session ends, or somebody wants the window gone.
/// The same one a second time ends the process at once. One per process.
class EndSignals final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(EndSignals)

public:
    explicit EndSignals(QObject* parent = nullptr);
    ~EndSignals() override;

Q_SIGNALS:
    void arrived();
};

/// Ends the process on the spot, for somebody who was told what that means: no step ends, nothing is tidied up.
[[noreturn]] void endAtOnce();

}  // namespace keyconvoy::ui
