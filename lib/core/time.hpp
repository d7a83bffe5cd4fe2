// Time on the request path: microseconds in plain integers with a type around them.
#pragma once

#include <chrono>
#include <cstdint>

namespace sluice::core {

using Duration = std::chrono::microseconds;

/// A point on the monotonic clock, microseconds.
struct Instant {
    std::int64_t us = 0;
    friend constexpr auto operator<=>(Instant, Instant) = default;
    friend constexpr Instant operator+(Instant at, Duration d) { return {at.us + d.count()}; }
    friend constexpr Duration operator-(Instant a, Instant b) { return Duration{a.us - b.us}; }
};

inline constexpr Instant never{INT64_MAX};

/// A point in civil time, microseconds since the epoch; only for logs and Date fields.
struct WallTime {
    std::int64_t us = 0;
    constexpr std::int64_t seconds() const { return us / 1'000'000; }
};

}  // namespace sluice::core
