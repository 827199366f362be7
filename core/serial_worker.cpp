#include "core/serial_worker.h"

namespace keyconvoy {

SerialWorker::SerialWorker() : m_thread{[this](const std::stop_token& stop) { runUntilStopped(stop); }} {
}

SerialWorker::~SerialWorker() {
    m_thread.request_stop();
    m_thread.join();
}

bool SerialWorker::idle() {
    const std::scoped_lock lock{m_mutex};
    return !m_running && m_waiting.empty();
}

void SerialWorker::enqueue(std::unique_ptr<AnyPiece> piece) {
    {
        const std::scoped_lock lock{m_mutex};
        m_waiting.push_back(std::move(piece));
    }
    m_arrived.notify_one();
}

void SerialWorker::runUntilStopped(const std::stop_token& stop) {
    std::unique_lock lock{m_mutex};
    while (m_arrived.wait(lock, stop, [this] { return !m_waiting.empty(); }) && !stop.stop_requested()) {
        std::unique_ptr<AnyPiece> piece = std::move(m_waiting.front());
        m_waiting.pop_front();
        m_running = true;
        lock.unlock();
        piece->run();
        piece.reset();
        lock.lock();
        m_running = false;
    }
    const std::deque<std::unique_ptr<AnyPiece>> left =
        std::exchange(m_waiting, {});  // destroyed here, where it would have been used
    lock.unlock();
}

}  // namespace keyconvoy
