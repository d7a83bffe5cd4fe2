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

/// How many connections to each peer a worker keeps, and for how long.
struct KeepRule {
    std::uint32_t idle_connections = 32;  // per peer and worker
    std::uint64_t requests = 1000;        // then a connection is closed
    core::Duration time = std::chrono::hours(1);
    core::Duration idle = std::chrono::seconds(60);

    bool operator==(const KeepRule&) const = default;
};

/// Immutable but for `health`, which it may share with the same peer of a group of another snapshot.
struct Peer {
    std::size_t index = 0;     // in the group
    std::size_t endpoint = 0;  // see endpoint_number()
    net::Address address;
    std::string name;  // "127.0.0.1:9001", for logs
    std::uint32_t weight = 1;
    HealthRule rule;
    bool backup = false, down = false;
    std::uint32_t max_conns = 0;  // exchanges at a time over all workers; 0: any
    std::shared_ptr<Health> health = std::make_shared<Health>();
};

/// A number for an address, the same for the life of the process: connections are kept by it, over all groups and
/// reloads. Any thread.
std::size_t endpoint_number(const net::Address& address);

/// Shared by all workers; lives as long as any of them may use it.
class Group {
  public:
    struct PeerSpec {
        net::Address address;
        std::uint32_t weight = 1;
        HealthRule rule;
        bool backup = false, down = false;
        std::uint32_t max_conns = 0;

        bool operator==(const PeerSpec&) const = default;
    };

    Group(std::string name, const balance::Balancer& balancer, std::vector<PeerSpec> peers, const KeepRule& keep = {});

    /// Made of the same: a reload goes on with it.
    bool is_made_of(const balance::Balancer& balancer, const std::vector<PeerSpec>& peers, const KeepRule& keep) const;
    /// Before anybody uses it: peers that `old` has, too, are as healthy as there.
    void inherit_health(const Group& old);

    const std::string& name() const { return name_; }
    const std::vector<std::unique_ptr<Peer>>& peers() const { return peers_; }
    /// Those that the conf does not call down: as many as an exchange can try.
    std::size_t usable_peers() const { return usable_; }
    const balance::Balancer& balancer() const { return balancer_; }
    balance::PeerLoad& load(std::size_t peer) { return loads_[peer]; }

    /// Raised when a peer goes down or comes up: workers then look again at who is live.
    std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
    void health_changed() { version_.fetch_add(1, std::memory_order_acq_rel); }

    balance::PickerSetup picker_setup(bool backup);
    const KeepRule& keep() const { return keep_; }
    bool has_limits() const { return has_limits_; }
    bool is_full(const Peer& peer) const {
        return peer.max_conns && loads_[peer.index].active.load(std::memory_order_relaxed) >= peer.max_conns;
    }

  private:
    std::string name_;
    const balance::Balancer& balancer_;
    std::vector<PeerSpec> specs_;
    KeepRule keep_;
    bool has_limits_ = false;
    std::size_t usable_ = 0;
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

    /// A peer not in `tried` (an unsized set: none), or a failure: no_live_peer, no_free_peer (all that are left are at
    /// their max_conns). `may_trial`: the exchange can be repeated
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
    core::result<Pick> pick_among(const balance::PeerSet& excluded, bool may_trial, core::Instant now);
    core::result<Pick> pick_dead(const balance::PeerSet& tried, core::Instant now);
    core::result<Pick> pick_trial(const Tier& tier, const balance::PeerSet& tried, core::Instant now);

    Group& group_;
    std::uint64_t seen_version_ = 0;
    std::array<Tier, 2> tiers_;
    std::size_t dead_turn_ = 0;
};

}  // namespace sluice::upstream
