// The tree against the rows: every directive known, in its place, with the arguments that it takes.
#pragma once

#include "config/tree.hpp"

namespace sluice::config {

/// Adds what is wrong to the conf's diagnostics, and puts them in order.
void check(Conf& conf);

}  // namespace sluice::config
