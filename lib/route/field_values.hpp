// Values picked out of header fields, cookies and arguments, by nginx's rules. `key` is what stands in a variable's
// name: letters of either case, '_' where a field has '-'.
#pragma once

#include <optional>
#include <string_view>

#include "core/arena.hpp"
#include "http/head.hpp"
#include "route/variable.hpp"

namespace sluice::route {

/// All lines of one field in their order, with `separator` between them. A single line is not copied.
Value field_value(const http::Fields& fields, std::string_view key, std::string_view separator, core::Arena& arena);

/// Of Cookie lines: the first cookie of this name, letters of either case.
std::optional<std::string_view> cookie_value(const http::Fields& fields, std::string_view name);

/// Of Set-Cookie lines: the value of the first cookie of this name, without its attributes.
std::optional<std::string_view> set_cookie_value(const http::Fields& fields, std::string_view name);

/// The first argument of this name, letters of either case, as it came; one without '=' does not count.
std::optional<std::string_view> argument_value(std::string_view args, std::string_view name);

}  // namespace sluice::route
