// A disk in the hands of a test: jobs are done when it says so, and can be refused.
#pragma once

#include <deque>

#include "spool/disk.hpp"

namespace sluice::test {

class SlowDisk final : public spool::Executor {
  public:
    ~SlowDisk() { work(); }
    void submit(spool::Job& job) override { jobs_.push_back(&job); }

    /// Does what has been submitted. False: there was nothing.
    bool work() {
        if (jobs_.empty()) return false;
        for (auto jobs = std::exchange(jobs_, {}); auto* job : jobs) {
            if (job->takes_room() && room_ == 0)
                job->refuse(28 /* ENOSPC */);
            else {
                room_ -= job->takes_room();
                job->work();
            }
            job->end();
        }
        return true;
    }
    /// After so many jobs that take room it is full.
    void fills_after(std::size_t jobs) { room_ = jobs; }
    std::size_t waiting() const { return jobs_.size(); }

  private:
    std::deque<spool::Job*> jobs_;
    std::size_t room_ = SIZE_MAX;
};

}  // namespace sluice::test
