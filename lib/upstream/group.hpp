// A group of peers: what all workers share, and what each worker keeps for itself.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "balance/balancer.hpp"
#include "core/failure.hpp"
#include "net/address.hpp"
#include "upstream/health.hpp"

namespace sluice::upstream {

/// Immutable but for `health`.
struct Peer {
    std::size_t index = 0;  // in the group
    net::Address address;
    std::string name;  // "127.0.0.1:9001", for logs
    std::uint32_t weight = 1;
    HealthRule rule;
    bool backup = false;
    mutable Health health;
};

/// Shared by all workers; lives as long as any of them may use it.
class Group {
  public:
    struct PeerSpec {
        net::Address address;
        std::uint32_t weight = 1;
        HealthRule rule;
        bool backup = false;
    };

    Group(std::string name, const balance::Balancer& balancer, const std::vector<PeerSpec>& peers);

    const std::string& name() const { return name_; }
    const std::vector<std::unique_ptr<Peer>>& peers() const { return peers_; }
    const balance::Balancer& balancer() const { return balancer_; }
    balance::PeerLoad& load(std::size_t peer) { return loads_[peer]; }

    /// Raised when a peer goes down or comes up: workers then look again at who is live.
    std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
    void health_changed() { version_.fetch_add(1, std::memory_order_acq_rel); }

    balance::PickerSetup picker_setup(bool backup);

  private:
    std::string name_;
    const balance::Balancer& balancer_;
    std::vector<std::unique_ptr<Peer>> peers_;
    std::vector<std::uint32_t> weights_;
    std::unique_ptr<balance::PeerLoad[]> loads_;
    balance::GroupTurn turn_, backup_turn_;
    alignas(64) std::atomic<std::uint64_t> version_{1};
};

/// One worker's view of a group: who is live, whose turn it is. That worker's thread only.
class GroupAtWorker {
  public:
    explicit GroupAtWorker(Group& group);

    Group& group() { return group_; }

    struct Pick {
        Peer* peer = nullptr;
        bool trial = false;  // the peer is down: this exchange finds out whether it is back
    };

    /// A peer not in `tried` (an unsized set: none), or a failure no_live_peer. `may_trial`: the exchange can be repeated
    /// elsewhere, so a peer whose fail_timeout has passed may be tried with it. A mark is a hint among alternatives:
    /// without any live peer it is not heeded, and the dead take their turns.
    core::result<Pick> pick(const balance::PeerSet& tried, bool may_trial, core::Instant now);

    /// The outcome of an attempt. True: the peer went down with it / came up.
    bool report_failure(const Pick& pick, core::Instant now);
    bool report_success(const Pick& pick);
    void report_nothing(const Pick& pick);

  private:
    /// Peers of first resort, and those with `backup`.
    struct Tier {
        balance::PeerSet members, live;
        std::unique_ptr<balance::Picker> picker;
        bool any_down = false;
    };
    void refresh(core::Instant now);
    core::result<Pick> pick_dead(const balance::PeerSet& tried, core::Instant now);
    core::result<Pick> pick_trial(const Tier& tier, const balance::PeerSet& tried, core::Instant now);

    Group& group_;
    std::uint64_t seen_version_ = 0;
    std::array<Tier, 2> tiers_;
    std::size_t dead_turn_ = 0;
};

}  // namespace sluice::upstream
