#include "core/clock.hpp"

#include <ctime>

namespace sluice::core {

namespace {
std::int64_t microseconds(clockid_t id) {
    timespec t{};
    clock_gettime(id, &t);
    return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1'000;
}
}  // namespace

Instant SystemClock::now() const { return {microseconds(CLOCK_MONOTONIC)}; }
WallTime SystemClock::wall() const { return {microseconds(CLOCK_REALTIME)}; }

}  // namespace sluice::core
