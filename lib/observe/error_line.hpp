// The beginning of every line of an error log.
#pragma once

#include <string>
#include <string_view>

#include "core/time.hpp"

namespace sluice::observe {

/// "YYYY/MM/DD HH:MM:SS [level] PID#TID: " in local time, as nginx begins its lines.
void append_error_prefix(std::string& out, core::WallTime when, std::string_view level);

}  // namespace sluice::observe
