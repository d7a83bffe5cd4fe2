// The only source of randomness. xoshiro256** (Blackman, Vigna 2018): not for secrets, but for ids and jitter.
#pragma once

#include <bit>
#include <cstdint>

namespace sluice::core {

/// One per worker; not thread-safe. A fixed seed gives a fixed sequence, for tests.
class Rng {
  public:
    explicit Rng(std::uint64_t seed);

    /// Seeded from the kernel.
    static Rng from_system();

    std::uint64_t next() {
        const std::uint64_t out = std::rotl(s_[1] * 5, 7) * 9;
        const std::uint64_t t = s_[1] << 17;
        s_[2] ^= s_[0];
        s_[3] ^= s_[1];
        s_[1] ^= s_[2];
        s_[0] ^= s_[3];
        s_[2] ^= t;
        s_[3] = std::rotl(s_[3], 45);
        return out;
    }

  private:
    std::uint64_t s_[4];
};

}  // namespace sluice::core
