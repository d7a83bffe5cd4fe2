#include "spool/thread.hpp"

#include <utility>

namespace sluice::spool {

void SpoolThread::start() {
    running_ = true;
    stopping_ = false;
    thread_ = std::thread(&SpoolThread::run, this);
}

void SpoolThread::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
    running_ = false;
}

void SpoolThread::submit(Job& job) {
    {
        const std::lock_guard lock(mutex_);
        if (running_) {
            job.next_ = nullptr;
            (last_ ? last_->next_ : first_) = &job;
            last_ = &job;
            if (first_ == &job) changed_.notify_one();
            return;
        }
    }
    job.work();
    job.end();
}

void SpoolThread::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return first_ || stopping_; });
        if (!first_) return;
        Job& job = *std::exchange(first_, first_->next_);
        if (!first_) last_ = nullptr;
        lock.unlock();
        job.work();
        job.end();
        lock.lock();
    }
}

}  // namespace sluice::spool
