#include "bench/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::bench {

std::uint64_t Histogram::highest_in(std::size_t slot) {
    if (slot < 2 * half) return slot;
    const unsigned shift = static_cast<unsigned>(slot / half) - 1;
    return ((slot - shift * half + 1) << shift) - 1;
}

void Histogram::merge(const Histogram& other) {
    if (other.count_ == 0) return;
    const std::size_t last = slot_of(other.max_);
    for (std::size_t i = slot_of(other.min_); i <= last; ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    squares_ += other.squares_;
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
}

void Histogram::clear() {
    if (count_ == 0) return;
    std::fill(counts_.begin() + static_cast<std::ptrdiff_t>(slot_of(min_)),
              counts_.begin() + static_cast<std::ptrdiff_t>(slot_of(max_)) + 1, 0);
    count_ = max_ = 0;
    min_ = UINT64_MAX;
    sum_ = squares_ = 0;
}

double Histogram::deviation() const {
    if (count_ == 0) return 0;
    const double n = static_cast<double>(count_), mean = sum_ / n;
    return std::sqrt(std::max(0.0, squares_ / n - mean * mean));
}

/// Goes on from `slot`, with `below` values in the slots before it.
std::uint64_t Histogram::value_of_rank(std::uint64_t rank, std::size_t& slot, std::uint64_t& below) const {
    while (below + counts_[slot] < rank) below += counts_[slot++];
    return std::clamp(highest_in(slot), min_, max_);
}

namespace {

std::uint64_t rank_of(double percent, std::uint64_t count) {
    const double exact = std::clamp(percent, 0.0, 100.0) / 100 * static_cast<double>(count);
    // 99.9 of 1000 is the 999th, whatever the product's last digit is.
    const auto rank = static_cast<std::uint64_t>(std::ceil(exact - 1e-6));
    return std::clamp<std::uint64_t>(rank, 1, count);
}

}  // namespace

std::int64_t Histogram::at(double percent) const {
    if (count_ == 0) return 0;
    std::size_t slot = slot_of(min_);
    std::uint64_t below = 0;
    return static_cast<std::int64_t>(value_of_rank(rank_of(percent, count_), slot, below));
}

std::vector<Histogram::Point> Histogram::distribution(unsigned per_half) const {
    std::vector<Point> out;
    if (count_ == 0) return out;
    std::size_t slot = slot_of(min_);
    std::uint64_t below = 0;
    double percent = 0;
    for (double distance = 100; distance * static_cast<double>(count_) >= 100; distance /= 2)
        for (unsigned i = 0; i < per_half; ++i) {
            percent = 100 - distance + distance / 2 * i / per_half;
            const auto rank = rank_of(percent, count_);
            if (rank == count_ && !out.empty()) break;
            const auto value = static_cast<std::int64_t>(value_of_rank(rank, slot, below));
            out.push_back({percent, value, below + counts_[slot]});
        }
    out.push_back({100, max(), count_});
    return out;
}

}  // namespace sluice::bench
