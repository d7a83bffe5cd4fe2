// What time it is. Nothing here asks the C library for a date more than once a second.
#include <array>

#include "route/value_text.hpp"
#include "route/variable_tables.hpp"

namespace sluice::route::tables {

namespace {

Value read_time_local(Scope& scope, const Variable&) {
    return {scope.arena.keep(scope.tools.dates.log(scope.tools.clock.wall().seconds()))};
}

/// '0' and '1' to '9' of the month at the start of `name`.
std::array<char, 2> month_digits(std::string_view name) {
    constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto month = names.find(name) / 3 + 1;
    return {static_cast<char>('0' + month / 10), static_cast<char>('0' + month % 10)};
}

/// From "06/Nov/1994:08:49:37 +0000", which is at hand, to "1994-11-06T08:49:37+00:00".
Value read_time_iso8601(Scope& scope, const Variable&) {
    const auto local = scope.tools.dates.log(scope.tools.clock.wall().seconds());
    const auto month = month_digits(local.substr(3, 3));
    core::ArenaText out(scope.arena);
    (out += local.substr(7, 4)) += "-";
    (out += {month.data(), 2}) += "-";
    (out += local.substr(0, 2)) += "T";
    (out += local.substr(12, 8)) += local.substr(21, 3);
    (out += ":") += local.substr(24, 2);
    return {out.view()};
}

Value read_msec(Scope& scope, const Variable&) {
    return seconds_value(scope, core::Duration{scope.tools.clock.wall().us});
}

/// Up to now while the answer is not through.
Value read_request_time(Scope& scope, const Variable&) {
    const auto& record = scope.x.record;
    if (record.began == core::never) return Value::absent();
    return seconds_value(scope,
                         (record.last_byte == core::never ? scope.tools.clock.now() : record.last_byte) - record.began);
}

constexpr VariableRow table[] = {
    {"msec", read_msec, "Now, in seconds since 1970 with milliseconds."},
    {"request_time", read_request_time,
     "Seconds from the request's first byte to the answer's last, with milliseconds."},
    {"time_iso8601", read_time_iso8601, "Now: \"1994-11-06T08:49:37+00:00\"."},
    {"time_local", read_time_local, "Now, as access logs have it: \"06/Nov/1994:08:49:37 +0000\"."},
};

}  // namespace

std::span<const VariableRow> time() { return table; }

}  // namespace sluice::route::tables
