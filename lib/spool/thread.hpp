// The one thread of the process that reads and writes temporary files.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "spool/disk.hpp"

namespace sluice::spool {

/// Outlives the workers that submit to it.
class SpoolThread final : public Executor {
  public:
    SpoolThread() = default;
    ~SpoolThread() { stop(); }
    SpoolThread(const SpoolThread&) = delete;
    SpoolThread& operator=(const SpoolThread&) = delete;

    void start();
    /// Does what has been submitted, then ends. Nothing may be submitted meanwhile. Jobs that come without a thread, as
    /// those of a worker's end, are done at once.
    void stop();

    void submit(Job& job) override;

  private:
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    Job* first_ = nullptr;
    Job* last_ = nullptr;
    bool running_ = false, stopping_ = false;
    std::thread thread_;
};

}  // namespace sluice::spool
