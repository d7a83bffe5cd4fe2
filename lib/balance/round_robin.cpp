// Weighted smooth round robin: weights 5, 1, 1 go a a b a c a a.
#include <algorithm>

#include "balance/algorithms.hpp"
#include "balance/turns.hpp"

namespace sluice::balance {

namespace {

class RoundRobin final : public Picker {
  public:
    explicit RoundRobin(const PickerSetup& setup) : setup_(setup) {}

    void live_changed(const PeerSet& live) override { turns_ = Turns(setup_.weights, live); }

    std::size_t pick(const PeerSet* excluded) override {
        if (turns_.live().empty()) return no_peer;
        if (!excluded) return turns_.take(*setup_.turn);
        const auto admits = [excluded](std::size_t peer) { return !excluded->contains(peer); };
        if (!std::ranges::any_of(turns_.live(), admits)) return no_peer;
        return turns_.take(*setup_.turn, admits);
    }

  private:
    PickerSetup setup_;
    Turns turns_;
};

}  // namespace

std::unique_ptr<Picker> make_round_robin(const PickerSetup& setup) { return std::make_unique<RoundRobin>(setup); }

}  // namespace sluice::balance
