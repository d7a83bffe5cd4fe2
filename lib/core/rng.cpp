#include "core/rng.hpp"

#include <sys/random.h>

namespace sluice::core {

namespace {
// SplitMix64 (Steele, Lea, Flood 2014), the seeding that xoshiro's authors recommend.
std::uint64_t split_mix(std::uint64_t& x) {
    std::uint64_t z = (x += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}
}  // namespace

Rng::Rng(std::uint64_t seed) {
    for (auto& s : s_) s = split_mix(seed);
}

Rng Rng::from_system() {
    std::uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, 0) != sizeof seed) __builtin_trap();
    return Rng(seed);
}

}  // namespace sluice::core
