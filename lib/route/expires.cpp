#include "route/expires.hpp"

#include <ctime>

#include "core/text.hpp"

namespace sluice::route {

namespace {

using Kind = Expires::Kind;

constexpr std::int64_t day = 24 * 60 * 60;
constexpr std::int64_t end_of_time = 2145916555;  // Thu, 31 Dec 2037 23:55:55 GMT, as nginx has it
constexpr std::int64_t ten_years = 315360000;

/// The next time that it is so many seconds past midnight, here.
std::int64_t next_time(std::int64_t now, std::int64_t since_midnight) {
    const std::time_t from = now;
    std::tm local{};
    ::localtime_r(&from, &local);
    local.tm_hour = static_cast<int>(since_midnight / 3600);
    local.tm_min = static_cast<int>(since_midnight / 60 % 60);
    local.tm_sec = static_cast<int>(since_midnight % 60);
    std::tm today = local;
    today.tm_isdst = -1;
    const auto at = ::mktime(&today);
    if (at > now) return at;
    local.tm_mday += 1;
    local.tm_isdst = -1;
    return ::mktime(&local);
}

}  // namespace

std::optional<Expires> parse_expires(std::string_view text, bool modified, const char*& error) {
    Expires out;
    if (!modified) {
        if (text == "epoch") return Expires{Kind::epoch, 0};
        if (text == "max") return Expires{Kind::max, 0};
        if (text == "off") return out;
    }
    out.kind = modified ? Kind::modified : Kind::access;
    bool minus = false;
    if (text.starts_with('@')) {
        if (modified) return error = "a time of the day cannot go with \"modified\"", std::nullopt;
        out.kind = Kind::daily;
        text.remove_prefix(1);
    } else if (text.starts_with('+') || text.starts_with('-')) {
        minus = text.front() == '-';
        text.remove_prefix(1);
    }
    const auto milliseconds = core::parse_milliseconds(text);
    if (!milliseconds || text.find("ms") != text.npos) return error = "it is no time in whole seconds", std::nullopt;
    out.seconds = *milliseconds / 1000;
    if (out.kind == Kind::daily && out.seconds > day)
        return error = "a time of the day is less than 24 hours", std::nullopt;
    if (minus) out.seconds = -out.seconds;
    return out;
}

Freshness freshness(const Expires& expires, std::int64_t now, std::optional<std::int64_t> last_modified) {
    switch (expires.kind) {
        case Kind::epoch:
            return {1, -1};
        case Kind::max:
            return {end_of_time, ten_years};
        case Kind::daily: {
            const auto at = next_time(now, expires.seconds);
            return {at, at - now};
        }
        default:
            break;
    }
    if (expires.seconds == 0) return {now, 0};
    if (expires.kind == Kind::access || !last_modified)
        return {now + expires.seconds, expires.seconds < 0 ? -1 : expires.seconds};
    const auto at = *last_modified + expires.seconds;
    return {at, expires.seconds < 0 || at < now ? -1 : at - now};
}

}  // namespace sluice::route
