// Header fields whose names have more in them than letters, digits and '-': ignore_invalid_headers, underscores_in_headers.
#pragma once

#include "route/scope.hpp"

namespace sluice::route {

/// Takes the fields out of the head whose names the site does not want; the log may tell of them (Scope::ignored_fields).
/// Returns what is wrong if the request must be refused, else nullptr.
const char* sort_out_odd_names(Scope& scope);

}  // namespace sluice::route
