// Lines of access logs.
#pragma once

#include <memory>

#include "route/scope.hpp"
#include "vars/names.hpp"

namespace sluice::route {

/// The line that a log_format makes of an exchange, with its newline. Values are escaped as the format says; with
/// "default" what is absent is "-", else it is nothing. The format's own text stays as it is. What `escape=none` lets
/// through may break lines, as in nginx: the conf has asked for it.
void append_log_line(std::string& out, const LogFormat& format, Scope& scope);

/// Whether there is a line at all: not if the value of `if=` is empty or "0".
bool is_logged(const AccessLog& log, Scope& scope);

/// The format "combined", which every conf has.
std::shared_ptr<const LogFormat> combined_format(vars::Names& names);

}  // namespace sluice::route
