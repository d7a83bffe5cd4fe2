// The order in which peers have their turns: weighted smooth round robin, worked out once for a whole period.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "balance/balancer.hpp"

namespace sluice::balance {

/// One full period for a set of live peers; afterwards it repeats. The same weights and peers give the same sequence in
/// every worker, so a ticket from the shared GroupTurn is all that they must agree on. Owned by one picker.
class Turns {
  public:
    /// Longer periods (weights without a common divisor that sum to more) are scaled down to about this many turns:
    /// every peer keeps at least one, and shares are then right to within one turn of a period.
    static constexpr std::size_t longest = 65'536;

    Turns() = default;
    Turns(std::span<const std::uint32_t> weights, const PeerSet& live);

    std::span<const std::uint32_t> sequence() const { return sequence_; }
    std::span<const std::uint32_t> live() const { return live_; }

    /// The peer whose turn it is. Precondition for both: there is a live peer.
    std::size_t take(GroupTurn& turn) const {
        return sequence_[turn.next.fetch_add(1, std::memory_order_relaxed) % sequence_.size()];
    }

    /// The next one in turn that `admits(peer)` accepts; those passed over have had their turn, so that the others keep
    /// their shares among themselves however long one of them is left out. Precondition: it admits a live peer.
    template <class Admits>
    std::size_t take(GroupTurn& turn, Admits admits) const {
        std::uint64_t ticket = turn.next.load(std::memory_order_relaxed);
        for (;;) {
            std::uint64_t at = ticket % sequence_.size();
            std::uint64_t passed = 0;
            for (; !admits(sequence_[at]); ++passed) at = at + 1 == sequence_.size() ? 0 : at + 1;
            if (turn.next.compare_exchange_weak(ticket, ticket + passed + 1, std::memory_order_relaxed))
                return sequence_[at];
        }
    }

  private:
    std::vector<std::uint32_t> live_;      // indices, ascending
    std::vector<std::uint32_t> sequence_;  // one period
};

}  // namespace sluice::balance
