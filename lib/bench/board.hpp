// Where the threads of a run report what goes on, for those who watch.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/result.hpp"

namespace sluice::bench {

/// What one thread has seen in one short time.
struct Window {
    Histogram latency;
    std::uint64_t answers = 0, failed = 0;
};

/// Shared by the threads; each reports every window from 0 on, and then leaves.
class Board {
  public:
    Board(unsigned threads, double window_seconds) : threads_(threads), window_(window_seconds) {}

    double window_seconds() const { return window_; }
    /// `seconds`: how much of the window there was.
    void report(std::int64_t number, double seconds, const Window& window);
    /// One thread reports no more after the window `last`.
    void leave(std::int64_t last);
    /// All that every thread has reported.
    std::vector<Moment> moments() const;
    std::optional<Moment> latest() const;
    /// Since the start.
    std::uint64_t failed() const;

  private:
    struct Gathering {
        Window sum;
        double seconds = 0;
        unsigned reports = 0;
    };
    void close_whole_ones();

    unsigned threads_;
    double window_;
    mutable std::mutex mutex_;
    std::vector<std::int64_t> left_;
    std::map<std::int64_t, Gathering> under_way_;
    std::vector<Moment> done_;
    std::uint64_t failed_ = 0;
};

}  // namespace sluice::bench
