// Paths that no request has.
#pragma once

#include "advice/location.hpp"
#include "config/values.hpp"

namespace sluice::advice {

/// Why the location's own path can match no request, and what was most likely meant; empty if it can. `merges_slashes`
/// says that "//" in requests is made "/".
config::Complaint why_never(const Location& location, bool merges_slashes);

}  // namespace sluice::advice
