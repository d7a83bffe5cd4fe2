// The lints by subject. A new subject is a file, a line here and a line in lints.cpp.
#pragma once

#include "advice/lints.hpp"

namespace sluice::advice::rows {

std::span<const Lint> passing();    // SL001 to SL003
std::span<const Lint> headers();    // SL004 to SL006
std::span<const Lint> files();      // SL007 to SL009
std::span<const Lint> locations();  // SL010 to SL012
std::span<const Lint> sites();      // SL013 and SL014
std::span<const Lint> unused();     // SL015 and SL016
std::span<const Lint> peers();      // SL017 and SL018
std::span<const Lint> trust();      // SL019 to SL022
std::span<const Lint> access();     // SL023 to SL026
std::span<const Lint> fields();     // SL027
std::span<const Lint> keys();       // SL028 to SL030

}  // namespace sluice::advice::rows
