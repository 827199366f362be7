#include "core/serial_worker.h"

#include <algorithm>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace keyconvoy {
namespace {

TEST(SerialWorker, RunsInTheOrderOfPostingOnOneThreadOfItsOwn) {
    std::vector<int> order;
    std::vector<std::thread::id> threads;
    std::promise<void> done;
    {
        SerialWorker worker;
        for (int i = 0; i < 50; ++i) {
            worker.post([&, i] {
                order.push_back(i);
                threads.push_back(std::this_thread::get_id());
            });
        }
        worker.post([&] { done.set_value(); });
        done.get_future().wait();
    }
    ASSERT_EQ(order.size(), 50U);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    EXPECT_EQ(std::count(threads.begin(), threads.end(), threads.front()), 50);
    EXPECT_NE(threads.front(), std::this_thread::get_id());
}

TEST(SerialWorker, TakesWorkThatOwnsWhatCannotBeCopied) {
    std::promise<int> seen;
    SerialWorker worker;
    worker.post([&seen, value = std::make_unique<int>(7)] { seen.set_value(*value); });
    EXPECT_EQ(seen.get_future().get(), 7);
}

/// Notes on which thread it is destroyed.
struct Witness {
    explicit Witness(std::optional<std::thread::id>* on) : destroyedOn{on} {}
    Witness(const Witness&) = delete;
    Witness& operator=(const Witness&) = delete;
    ~Witness() { *destroyedOn = std::this_thread::get_id(); }

    std::optional<std::thread::id>* destroyedOn;
};

TEST(SerialWorker, OnDestructionWaitsForTheRunningPieceAndDropsTheRestOnItsThread) {
    std::promise<void> started;
    std::promise<void> release;
    std::optional<std::thread::id> worked, dropped;
    bool finished = false;
    auto worker = std::make_unique<SerialWorker>();
    worker->post([&] {
        worked = std::this_thread::get_id();
        started.set_value();
        release.get_future().wait();
        finished = true;
    });
    worker->post([witness = std::make_unique<Witness>(&dropped)] {});
    started.get_future().wait();
    std::jthread destroyer{[&worker] { worker.reset(); }};
    release.set_value();
    destroyer.join();
    EXPECT_TRUE(finished);
    EXPECT_EQ(dropped, worked);
}

}  // namespace
}  // namespace keyconvoy
