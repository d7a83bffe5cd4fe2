// Work that may have to wait for a disk: done by somebody who may wait, while the worker goes on.
#pragma once

#include <coroutine>
#include <cstddef>

#include "net/loop.hpp"

namespace sluice::spool {

class Disk;

/// One thing to be done. One that is awaited lives in the frame of the coroutine that waits for it; one that is not
/// (Disk::discard) is on the heap and ends itself.
class Job {
  public:
    Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    virtual ~Job() = default;

    /// On the executor's thread.
    virtual void work() = 0;
    /// In place of work(): as if the kernel had refused it with that error. Tests have a disk fail so.
    virtual void refuse(int os_error) = 0;
    /// Whether it needs room on the disk: one that is full refuses those only.
    virtual bool takes_room() const { return false; }

    /// The executor's last act, after work() or refuse(): the job may be gone when it returns.
    void end();

  private:
    friend class Disk;
    friend class SpoolThread;
    Job* next_ = nullptr;
    Disk* disk_ = nullptr;  // whoever waits there is told; nullptr: nobody waits
    std::coroutine_handle<> waiting_;
};

/// Who does the jobs.
class Executor {
  public:
    /// Any thread. Jobs of one thread are done in their order.
    virtual void submit(Job& job) = 0;

  protected:
    ~Executor() = default;
};

/// A worker's way to the executor; that worker's thread only.
class Disk {
  public:
    Disk(net::Loop& loop, Executor& executor) : loop_(loop), executor_(executor) {}
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    /// co_await disk.run(job): until the job is done.
    auto run(Job& job) {
        struct Awaiter {
            Disk& disk;
            Job& job;
            bool await_ready() const noexcept { return false; }
            void await_suspend(std::coroutine_handle<> h) { disk.submit(job, h); }
            void await_resume() const noexcept {}
        };
        return Awaiter{*this, job};
    }

    /// Nobody waits for it; it is deleted when it is done.
    void discard(Job* job) { executor_.submit(*job); }

    /// Jobs that somebody waits for: their coroutines cannot be ended before.
    std::size_t waiting() const { return waiting_; }

    /// Whether this is worth telling: a disk that is full is told of once a minute.
    bool may_complain();

  private:
    friend class Job;
    void submit(Job& job, std::coroutine_handle<> waiting);
    void resume(std::coroutine_handle<> waiting);

    net::Loop& loop_;
    Executor& executor_;
    std::size_t waiting_ = 0;
    core::Instant told_ = core::never;
};

}  // namespace sluice::spool
