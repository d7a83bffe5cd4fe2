// Runs the rewrite module's steps.
#pragma once

#include "route/decide.hpp"

namespace sluice::route {

enum class Flow : std::uint8_t {
    on,       // all steps are through
    stop,     // "break": no other location is looked for
    search,   // the URI has changed: look for its location
    decided,  // the decision is made
};

Flow run_script(const Script& script, Scope& scope, Decision& decision, Trace* trace);

}  // namespace sluice::route
