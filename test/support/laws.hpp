// What must hold after every run of a script, whatever went wrong in it.
#pragma once

#include "support/faults.hpp"

namespace sluice::test {

/// What was under way when the fault happened; what must come of it follows from that.
struct Before {
    std::vector<std::size_t> begun, whole, answered;  // per client: requests begun, sent to their end, answered
    std::size_t answers_of_peers = 0;
};
Before look(Run& run);

/// While clients are still connected and nothing is under way.
void check_rest(Run& run);

/// After everybody has listened for long enough: nothing is left of anything.
void check_end(Run& run, const Fault& fault, const Before& before);

}  // namespace sluice::test
