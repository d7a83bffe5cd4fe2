// Counts of values over a wide range in little memory: three significant digits from 1 to 2^42 (G. Tene's HDR
// histogram).
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace sluice::bench {

/// Of nanoseconds: exact below 2048, above in steps of at most a thousandth of the value, up to 73 minutes; what is
/// more counts as that. Recording allocates nothing. One thread's; others' are merged in when that thread has ended.
class Histogram {
  public:
    Histogram() : counts_(slots) {}

    void record(std::int64_t value) {
        const std::uint64_t v = std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)), highest);
        const std::size_t slot = slot_of(v);
        ++counts_[slot];
        ++count_;
        sum_ += static_cast<double>(v);
        squares_ += static_cast<double>(v) * static_cast<double>(v);
        if (v < min_) min_ = v;
        if (v > max_) max_ = v;
    }

    void merge(const Histogram& other);
    void clear();

    std::uint64_t count() const { return count_; }
    std::int64_t min() const { return count_ ? static_cast<std::int64_t>(min_) : 0; }
    std::int64_t max() const { return static_cast<std::int64_t>(max_); }
    double mean() const { return count_ ? sum_ / static_cast<double>(count_) : 0; }
    double deviation() const;

    /// The smallest recorded value, rounded up within its step, that `percent` of all values do not exceed; 0 of none.
    std::int64_t at(double percent) const;

    /// A step of the distribution: `count` values are at most `value`.
    struct Point {
        double percent;
        std::int64_t value;
        std::uint64_t count;
    };
    /// From 0 to 100 percent, with `per_half` points each time that the distance to 100 halves.
    std::vector<Point> distribution(unsigned per_half = 5) const;

  private:
    static constexpr unsigned exact_bits = 11, highest_bit = 42;
    static constexpr std::uint64_t half = 1u << (exact_bits - 1);
    static constexpr std::size_t slots = (1u << exact_bits) + (highest_bit - exact_bits) * half;
    static constexpr std::uint64_t highest = (std::uint64_t{1} << highest_bit) - 1;

    /// Each doubling above the exact range has `half` slots.
    static std::size_t slot_of(std::uint64_t v) {
        if (v < 2 * half) return v;
        const unsigned shift = static_cast<unsigned>(64 - __builtin_clzll(v)) - exact_bits;
        return shift * half + (v >> shift);
    }
    static std::uint64_t highest_in(std::size_t slot);
    std::uint64_t value_of_rank(std::uint64_t rank, std::size_t& slot, std::uint64_t& below) const;

    std::vector<std::uint64_t> counts_;
    std::uint64_t count_ = 0, min_ = UINT64_MAX, max_ = 0;
    double sum_ = 0, squares_ = 0;
};

}  // namespace sluice::bench
