// When requests are due: phases of a load, and the times at which a schedule lets requests arrive.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/rng.hpp"

namespace sluice::bench {

/// A stretch of time under one kind of load.
struct Phase {
    std::string name;
    double seconds = 0;
    /// Open loop: requests per second at the start and at the end, in between on a straight line.
    double rate_from = 0, rate_to = 0;
    /// Closed loop: so many connections, each with its next request as soon as it has its answer.
    std::uint32_t connections_from = 0, connections_to = 0;
    bool counts = true;  // false: for warming up, its results are thrown away

    bool open() const { return rate_from > 0 || rate_to > 0; }
};

struct ParsedPhases {
    std::vector<Phase> phases;  // more than one where it has steps
    std::string message;        // what is wrong with the text and what would be right, or ""
};

/// "rate=100..5000;for=10s", "rate=100..500;steps=5;for=10s", "connections=10..200;for=30s",
/// "name=spike;rate=5k;for=2s".
ParsedPhases parse_phase(std::string_view text);

/// "5000", "5k", "2.5k", "1m" (a million) per second, above 0; nullopt if it is none.
std::optional<double> parse_rate(std::string_view text);
/// Seconds of "10s", "500ms", "1m30s"; nullopt if it is none, or 0.
std::optional<double> parse_span(std::string_view text);

/// The phases one after the other: how many requests are due by when.
class Schedule {
  public:
    explicit Schedule(std::vector<Phase> phases);

    const std::vector<Phase>& phases() const { return phases_; }
    double seconds() const { return ends_.empty() ? 0 : ends_.back(); }
    /// Seconds from the start of all.
    double start_of(std::size_t phase) const { return phase == 0 ? 0 : ends_[phase - 1]; }
    double end_of(std::size_t phase) const { return ends_[phase]; }
    /// The phase under way `seconds` after the start; the last one after the end.
    std::size_t phase_at(double seconds) const;
    /// How many connections a closed loop has then; 0 in a phase of open loop.
    std::uint32_t connections_at(double seconds) const;

    struct Due {
        double seconds;
        std::size_t phase;
    };
    /// When the integral of the rate reaches `arrivals`; nullopt if it does not.
    std::optional<Due> when(double arrivals) const;
    double arrivals() const { return sums_.empty() ? 0 : sums_.back(); }

  private:
    std::vector<Phase> phases_;
    std::vector<double> ends_, sums_;
};

/// The arrivals of one of several threads. Constant: every `threads`th of an even row, the threads in turn. Poisson: a
/// process of its own with its share of the rate; together they are one of the whole rate.
class Arrivals {
  public:
    Arrivals(const Schedule& schedule, unsigned thread, unsigned threads, bool poisson, std::uint64_t seed);

    /// The next one; nullopt after the last.
    std::optional<Schedule::Due> next();

  private:
    double step();

    const Schedule& schedule_;
    double sum_, threads_;
    bool poisson_;
    core::Rng rng_;
};

}  // namespace sluice::bench
