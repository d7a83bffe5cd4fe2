// A run: threads under a plan, watched, and what they have found put together.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "bench/board.hpp"
#include "bench/plan.hpp"
#include "bench/result.hpp"

namespace sluice::bench {

/// What is seen of a run while it goes on.
struct Glance {
    double seconds = 0, of = 0;  // since the start of counting (negative: warming up), and in all; 0: no end
    std::optional<Moment> latest;
    std::uint64_t failed = 0;
};

struct Watch {
    /// Called on the run's thread a few times a second; may be empty.
    std::function<void(const Glance&)> look = {};
};

/// Finds an address that accepts connections for each origin of the plan. What is wrong, or "". Blocks.
std::string find_addresses(Plan& plan);

/// Allows as many descriptors as there may be, and says how many that are.
std::uint64_t allow_descriptors();
/// What is wrong if those are too few for the plan; or "".
std::string allow_descriptors(const Plan& plan);
/// The same for so many, of which the program itself takes some more: "50 connections".
std::string too_few_descriptors(std::uint64_t wanted, std::uint64_t allowed, std::string_view what);

/// Blocks until all is done. The signals of bench/signals end it early, with the result so far.
Result run(const Plan& plan, const Watch& watch = {});

}  // namespace sluice::bench
