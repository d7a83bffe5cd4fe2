// A group as the balancers see it, and a few workers' pickers on it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "balance/balancer.hpp"

namespace sluice::test {

using Weights = std::vector<std::uint32_t>;

inline balance::PeerSet peers(std::size_t size, const std::vector<std::size_t>& members) {
    balance::PeerSet out(size);
    for (const std::size_t i : members) out.insert(i);
    return out;
}

inline balance::PeerSet all_peers(std::size_t size) {
    balance::PeerSet out(size);
    for (std::size_t i = 0; i < size; ++i) out.insert(i);
    return out;
}

struct PickerGroup {
    explicit PickerGroup(Weights w)
        : weights(std::move(w)), loads(std::make_unique<balance::PeerLoad[]>(weights.size())) {}

    std::size_t size() const { return weights.size(); }

    /// One more worker, told that all peers are live.
    balance::Picker& add_picker(const balance::Balancer& balancer) {
        pickers.push_back(balancer.make({weights, {loads.get(), weights.size()}, &turn}));
        pickers.back()->live_changed(all_peers(size()));
        return *pickers.back();
    }

    void live_changed(const balance::PeerSet& live) {
        for (auto& picker : pickers) picker->live_changed(live);
    }

    /// How often each peer is picked in `requests` picks that end at once, the workers taking them by turns.
    std::vector<std::size_t> count(std::size_t requests, const balance::PeerSet* excluded = nullptr) {
        std::vector<std::size_t> out(size());
        for (std::size_t i = 0; i < requests; ++i) ++out.at(pickers[i % pickers.size()]->pick(excluded));
        return out;
    }

    Weights weights;
    std::unique_ptr<balance::PeerLoad[]> loads;
    balance::GroupTurn turn;
    std::vector<std::unique_ptr<balance::Picker>> pickers;
};

/// The next picks as letters: peer 0 is a.
inline std::string letters(balance::Picker& picker, std::size_t picks, const balance::PeerSet* excluded = nullptr) {
    std::string out;
    for (std::size_t i = 0; i < picks; ++i) {
        const std::size_t peer = picker.pick(excluded);
        out += peer == balance::no_peer ? '-' : static_cast<char>('a' + peer);
    }
    return out;
}

}  // namespace sluice::test
