// What a run has found.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "bench/histogram.hpp"
#include "bench/phases.hpp"
#include "bench/tally.hpp"

namespace sluice::bench {

/// Of the requests that began in one phase, or of all.
struct Part {
    Phase phase;
    double seconds = 0;          // that it really took
    std::uint64_t due = 0;       // open loop: requests that the schedule had
    std::uint64_t finished = 0;  // answers that came within it, whenever they were asked for
    Tally tally;
    /// Nanoseconds, answers and timeouts: from when the request was due (open loop), or from its start.
    Histogram latency;
    /// Open loop: from when it was really sent, or its connection begun. What a tool that waits its turn would report.
    Histogram service;

    double rate() const { return seconds > 0 ? static_cast<double>(finished) / seconds : 0; }
    /// Counts and times of another thread's share, or of another phase; phase and seconds stay.
    void merge(const Part& other);
};

/// A short time of the run.
struct Moment {
    double at = 0;  // seconds from the start of counting, its end
    double seconds = 0;
    std::uint64_t answers = 0, failed = 0;
    std::int64_t p50 = 0, p99 = 0, max = 0;  // ns
};

struct Result {
    std::vector<Part> parts;  // phases that count
    Part total;
    Histogram connect;  // ns for a new connection, with its TLS handshake
    std::vector<Moment> moments;
    double cpu = 0;                           // seconds of all threads of the generator
    double busy = 0;                          // 0 to 1: its busiest thread
    std::array<std::string, troubles> words;  // the system's, the first time that each trouble came; or ""
    bool interrupted = false;
    std::string failure;  // why there is no result, or ""

    /// Adds to the total what is in the parts.
    void add_up();
};

}  // namespace sluice::bench
