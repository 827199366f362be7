#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace keyconvoy {

/// One thread that runs what is posted, in that order, one piece after the other: the thread that owns a token. On destruction
/// the running piece is waited for, and what still waits is destroyed on that thread without being run. Post from any thread.
class SerialWorker {
public:
    SerialWorker();
    SerialWorker(const SerialWorker&) = delete;
    SerialWorker& operator=(const SerialWorker&) = delete;
    ~SerialWorker();

    /// `work` is called as work() and destroyed on the worker's thread; it may own what cannot be copied. What it throws ends the
    /// program: it catches what it expects itself.
    template <class Work>
    void post(Work work) {
        enqueue(std::make_unique<Piece<Work>>(std::move(work)));
    }

    /// Nothing runs and nothing waits at this moment.
    [[nodiscard]] bool idle();

private:
    struct AnyPiece {
        AnyPiece() = default;
        AnyPiece(const AnyPiece&) = delete;
        AnyPiece& operator=(const AnyPiece&) = delete;
        virtual ~AnyPiece() = default;
        virtual void run() = 0;
    };
    template <class Work>
    struct Piece final : AnyPiece {
        explicit Piece(Work w) : work{std::move(w)} {}
        void run() override { work(); }
        Work work;
    };

    void enqueue(std::unique_ptr<AnyPiece> piece);
    void runUntilStopped(const std::stop_token& stop);

    std::mutex m_mutex;
    std::condition_variable_any m_arrived;
    std::deque<std::unique_ptr<AnyPiece>> m_waiting;
    bool m_running = false;
    std::jthread m_thread;  // the last member: it ends before anything it uses
};

}  // namespace keyconvoy
