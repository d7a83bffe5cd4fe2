#include "spool/disk.hpp"

namespace sluice::spool {

void Job::end() {
    if (!disk_) {
        delete this;
        return;
    }
    // Taken out first: the job is gone as soon as the worker has seen what is posted.
    Disk& disk = *disk_;
    const auto waiting = waiting_;
    disk.loop_.post([&disk, waiting] { disk.resume(waiting); });
}

void Disk::submit(Job& job, std::coroutine_handle<> waiting) {
    ++waiting_;
    job.disk_ = this;
    job.waiting_ = waiting;
    executor_.submit(job);
}

void Disk::resume(std::coroutine_handle<> waiting) {
    --waiting_;
    waiting.resume();
}

bool Disk::may_complain() {
    if (told_ != core::never && loop_.now() - told_ < std::chrono::minutes(1)) return false;
    told_ = loop_.now();
    return true;
}

}  // namespace sluice::spool
