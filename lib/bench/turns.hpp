// Which of several requests is next.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/target.hpp"
#include "core/rng.hpp"

namespace sluice::bench {

/// Indices of `requests`, each as often as its weight, evenly spread; of more than a million not all.
std::vector<std::uint32_t> even_row(const std::vector<Request>& requests);

/// One thread's part of the row: every `threads`th, or at random.
class Turns {
  public:
    Turns(const std::vector<std::uint32_t>& row, bool random, unsigned thread, unsigned threads, std::uint64_t seed)
        : row_(row),
          random_(random),
          position_(thread),
          step_(threads),
          rng_(seed ^ (0x9e3779b97f4a7c15 * (thread + 1))) {}

    std::uint32_t next() {
        if (random_) return row_[rng_.next() % row_.size()];
        const auto out = row_[position_ % row_.size()];
        position_ += step_;
        return out;
    }

  private:
    const std::vector<std::uint32_t>& row_;
    bool random_;
    std::uint64_t position_, step_;
    core::Rng rng_;
};

}  // namespace sluice::bench
