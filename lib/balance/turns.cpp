#include "balance/turns.hpp"

#include <algorithm>
#include <numeric>
#include <queue>

namespace sluice::balance {

namespace {

/// Above this many steps the smooth sequence (peers x turns) gives way to the heap (turns x log peers).
constexpr std::uint64_t smooth_steps = std::uint64_t{1} << 22;

std::uint64_t sum(std::span<const std::uint32_t> weights) {
    return std::accumulate(weights.begin(), weights.end(), std::uint64_t{0});
}

void divide_by_common(std::vector<std::uint32_t>& weights) {
    std::uint32_t divisor = 0;
    for (const std::uint32_t w : weights) divisor = std::gcd(divisor, w);
    for (std::uint32_t& w : weights) w /= divisor;
}

/// The weights as turns in one period.
std::vector<std::uint32_t> turns_per_period(std::vector<std::uint32_t> weights) {
    divide_by_common(weights);
    const std::uint64_t total = sum(weights);
    if (total <= Turns::longest) return weights;
    for (std::uint32_t& w : weights)
        w = static_cast<std::uint32_t>(std::max<std::uint64_t>(1, std::uint64_t{w} * Turns::longest / total));
    divide_by_common(weights);
    return weights;
}

/// nginx's algorithm: each turn every peer gains its weight, the richest goes and pays the total.
std::vector<std::uint32_t> smooth(std::span<const std::uint32_t> counts, std::uint64_t total) {
    std::vector<std::uint32_t> out(total);
    std::vector<std::int64_t> credit(counts.size());
    for (std::uint32_t& turn : out) {
        for (std::size_t i = 0; i < counts.size(); ++i) credit[i] += counts[i];
        const auto richest = std::max_element(credit.begin(), credit.end());
        *richest -= static_cast<std::int64_t>(total);
        turn = static_cast<std::uint32_t>(richest - credit.begin());
    }
    return out;
}

/// A turn due at odd/(2 * count) of the period: the middle of its share of it.
struct Due {
    std::uint64_t odd;
    std::uint32_t count;
    std::uint32_t peer;

    friend bool operator>(const Due& a, const Due& b) {
        const std::uint64_t left = a.odd * b.count;
        const std::uint64_t right = b.odd * a.count;
        return left != right ? left > right : a.peer > b.peer;
    }
};

/// Earliest due goes first. Just as even as `smooth`, in another order.
std::vector<std::uint32_t> earliest_due(std::span<const std::uint32_t> counts, std::uint64_t total) {
    std::vector<Due> start;
    for (std::uint32_t i = 0; i < counts.size(); ++i) start.push_back({1, counts[i], i});
    std::priority_queue queue(std::greater<Due>{}, std::move(start));
    std::vector<std::uint32_t> out(total);
    for (std::uint32_t& turn : out) {
        Due due = queue.top();
        queue.pop();
        turn = due.peer;
        due.odd += 2;
        queue.push(due);
    }
    return out;
}

}  // namespace

Turns::Turns(std::span<const std::uint32_t> weights, const PeerSet& live) {
    std::vector<std::uint32_t> counts;
    for (std::uint32_t i = 0; i < live.size(); ++i) {
        if (!live.contains(i)) continue;
        live_.push_back(i);
        counts.push_back(weights[i]);
    }
    if (live_.empty()) return;
    counts = turns_per_period(std::move(counts));
    const std::uint64_t total = sum(counts);
    if (total == counts.size()) {  // equal weights, however many: plain turns
        sequence_ = live_;
        return;
    }
    sequence_ = total * counts.size() <= smooth_steps ? smooth(counts, total) : earliest_due(counts, total);
    for (std::uint32_t& turn : sequence_) turn = live_[turn];
}

}  // namespace sluice::balance
