#include <algorithm>
#include <bit>

#include "balance/algorithms.hpp"

namespace sluice::balance {

namespace {

constexpr Balancer table[] = {
    {"round_robin", "in turn, by weight", make_round_robin},
    {"least_conn", "fewest requests under way for its weight, then in turn", make_least_conn},
};

constexpr std::size_t words_for(std::size_t peers) { return (peers + 63) / 64; }

}  // namespace

std::span<const Balancer> balancers() { return table; }

const Balancer* find_balancer(std::string_view name) {
    const auto row = std::ranges::find(table, name, &Balancer::name);
    return row == std::end(table) ? nullptr : row;
}

PeerSet::PeerSet(std::size_t size) : size_(size) {
    if (size > 64) many_ = std::make_unique<std::uint64_t[]>(words_for(size));
}

void PeerSet::clear() { std::fill_n(words(), words_for(size_), 0); }

bool PeerSet::empty() const { return count() == 0; }

std::size_t PeerSet::count() const {
    std::size_t out = 0;
    for (std::size_t i = 0; i < words_for(size_); ++i) out += static_cast<std::size_t>(std::popcount(words()[i]));
    return out;
}

bool operator==(const PeerSet& a, const PeerSet& b) {
    return a.size_ == b.size_ && std::equal(a.words(), a.words() + words_for(a.size_), b.words());
}

}  // namespace sluice::balance
