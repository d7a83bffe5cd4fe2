// Weighted least connections: the peer with the fewest exchanges under way for its weight; those that are equal take
// turns as in round robin, so that an idle group sees fair turns by weight.
#include <vector>

#include "balance/algorithms.hpp"
#include "balance/turns.hpp"

namespace sluice::balance {

namespace {

class LeastConn final : public Picker {
  public:
    explicit LeastConn(const PickerSetup& setup) : setup_(setup), stamps_(setup.weights.size()) {}

    void live_changed(const PeerSet& live) override { turns_ = Turns(setup_.weights, live); }

    std::size_t pick(const PeerSet* excluded) override {
        const Best best = find_best(excluded);
        if (best.ties <= 1) return best.peer;
        return turns_.take(*setup_.turn, [this](std::size_t peer) { return stamps_[peer] == stamp_; });
    }

  private:
    struct Best {
        std::size_t peer = no_peer;
        std::size_t ties = 0;
        std::uint64_t active = 0;
        std::uint64_t weight = 1;
    };

    /// Leaves the current stamp on all that are as good as the best.
    Best find_best(const PeerSet* excluded) {
        Best best;
        for (const std::uint32_t peer : turns_.live()) {
            if (excluded && excluded->contains(peer)) continue;
            const std::uint64_t active = setup_.loads[peer].active.load(std::memory_order_relaxed);
            const std::uint64_t weight = setup_.weights[peer];
            const std::uint64_t ours = active * best.weight;
            const std::uint64_t theirs = best.active * weight;
            if (best.ties != 0 && ours > theirs) continue;
            if (best.ties == 0 || ours < theirs) {
                best = {peer, 0, active, weight};
                ++stamp_;
            }
            ++best.ties;
            stamps_[peer] = stamp_;
        }
        return best;
    }

    PickerSetup setup_;
    Turns turns_;
    std::uint64_t stamp_ = 0;            // never repeats: nothing to clear between picks
    std::vector<std::uint64_t> stamps_;  // the loads may change meanwhile; what was seen in the scan is kept here
};

}  // namespace

std::unique_ptr<Picker> make_least_conn(const PickerSetup& setup) { return std::make_unique<LeastConn>(setup); }

}  // namespace sluice::balance
