#pragma once

#include "core/serial_worker.h"
#include "ui/jobs/failure_from.h"
#include "ui/jobs/relay.h"

#include <functional>
#include <memory>
#include <QPointer>
#include <utility>

namespace keyconvoy::ui {

/// Runs `work` on the worker; then, on the window's thread and only while `receiver` lives, exactly one of `done` and `failed`.
template <class Result>
void runTask(SerialWorker& worker, QObject* receiver, std::function<Result()> work, std::function<void(Result)> done,
             std::function<void(const Failure&)> failed) {
    const Relay relay;
    worker.post([relay, receiver = QPointer<QObject>{receiver}, work = std::move(work), done = std::move(done),
                 failed = std::move(failed)] {
        try {
            const auto result = std::make_shared<Result>(work());
            relay.post([receiver, result, done] {
                if (receiver) {
                    done(std::move(*result));
                }
            });
        } catch (...) {
            relay.post([receiver, failure = currentFailure(), failed] {
                if (receiver) {
                    failed(failure);
                }
            });
        }
    });
}

}  // namespace keyconvoy::ui
