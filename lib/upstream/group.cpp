#include "upstream/group.hpp"

#include <array>
#include <mutex>
#include <unordered_map>

namespace sluice::upstream {

using core::Code;
using core::Failure;
using core::Side;
using core::Stage;

std::size_t endpoint_number(const net::Address& address) {
    static std::mutex mutex;
    static std::unordered_map<std::string, std::size_t> numbers;
    const std::lock_guard lock(mutex);
    return numbers.emplace(address.text(), numbers.size()).first->second;
}

Group::Group(std::string name, const balance::Balancer& balancer, std::vector<PeerSpec> peers, const KeepRule& keep)
    : name_(std::move(name)), balancer_(balancer), specs_(std::move(peers)), keep_(keep), loads_(new balance::PeerLoad[specs_.size()]) {
    for (const auto& spec : specs_) {
        auto peer = std::make_unique<Peer>();
        peer->index = peers_.size();
        peer->endpoint = endpoint_number(spec.address);
        peer->address = spec.address;
        peer->name = spec.address.text();
        peer->weight = spec.weight;
        peer->rule = spec.rule;
        peer->backup = spec.backup;
        peer->down = spec.down;
        peer->max_conns = spec.max_conns;
        usable_ += !spec.down;
        has_limits_ |= spec.max_conns != 0;
        weights_.push_back(spec.weight);
        peers_.push_back(std::move(peer));
    }
    // Nowhere else to go: a mark would only turn one failure into an outage (as in nginx).
    if (peers_.size() == 1) peers_.front()->rule.max_fails = 0;
}

bool Group::is_made_of(const balance::Balancer& balancer, const std::vector<PeerSpec>& peers, const KeepRule& keep) const {
    return &balancer == &balancer_ && peers == specs_ && keep == keep_;
}

void Group::inherit_health(const Group& old) {
    for (auto& peer : peers_)
        for (const auto& before : old.peers_)
            if (before->endpoint == peer->endpoint && before->rule == peer->rule) peer->health = before->health;
}

balance::PickerSetup Group::picker_setup(bool backup) {
    return {weights_, {loads_.get(), peers_.size()}, backup ? &backup_turn_ : &turn_};
}

GroupAtWorker::GroupAtWorker(Group& group) : group_(group) {
    const auto size = group.peers().size();
    for (bool backup : {false, true}) {
        Tier& tier = tiers_[backup];
        tier.members = balance::PeerSet(size);
        tier.live = balance::PeerSet(size);
        for (const auto& peer : group.peers())
            if (peer->backup == backup && !peer->down) tier.members.insert(peer->index);
        tier.picker = group.balancer().make(group.picker_setup(backup));
    }
}

void GroupAtWorker::refresh(core::Instant now) {
    const auto version = group_.version();
    if (version == seen_version_) return;
    seen_version_ = version;
    for (Tier& tier : tiers_) {
        tier.live.clear();
        tier.any_down = false;
        for (const auto& peer : group_.peers()) {
            if (!tier.members.contains(peer->index)) continue;
            if (peer->health->standing(peer->rule, now) == Standing::up)
                tier.live.insert(peer->index);
            else
                tier.any_down = true;
        }
        tier.picker->live_changed(tier.live);
    }
}

core::result<GroupAtWorker::Pick> GroupAtWorker::pick(const balance::PeerSet& tried, bool may_trial, core::Instant now) {
    refresh(now);
    if (!group_.has_limits()) return pick_among(tried, may_trial, now);
    balance::PeerSet excluded(group_.peers().size());
    bool any_full = false;
    for (const auto& peer : group_.peers()) {
        const bool full = group_.is_full(*peer);
        any_full |= full;
        if (full || (tried.size() && tried.contains(peer->index))) excluded.insert(peer->index);
    }
    auto picked = pick_among(excluded, may_trial, now);
    if (!picked && any_full) return Failure{Code::no_free_peer, Side::self, Stage::pick, 0};
    return picked;
}

core::result<GroupAtWorker::Pick> GroupAtWorker::pick_among(const balance::PeerSet& tried, bool may_trial, core::Instant now) {
    const auto* excluded = tried.size() ? &tried : nullptr;
    for (Tier& tier : tiers_) {
        if (tier.any_down && may_trial)
            if (auto trial = pick_trial(tier, tried, now)) return trial;
        const auto index = tier.picker->pick(excluded);
        if (index != balance::no_peer) return Pick{group_.peers()[index].get(), false};
    }
    return pick_dead(tried, now);
}

/// In turn, and claiming the trial where nobody has: its success is what brings a peer up.
core::result<GroupAtWorker::Pick> GroupAtWorker::pick_dead(const balance::PeerSet& tried, core::Instant now) {
    const std::size_t turn = dead_turn_++;
    for (const Tier& tier : tiers_) {
        const auto may_serve = [&](std::size_t i) { return tier.members.contains(i) && !(tried.size() && tried.contains(i)); };
        std::size_t candidates = 0;
        for (const auto& peer : group_.peers()) candidates += may_serve(peer->index);
        if (candidates == 0) continue;
        auto skip = turn % candidates;
        for (const auto& peer : group_.peers())
            if (may_serve(peer->index) && skip-- == 0) return Pick{peer.get(), peer->health->claim_trial(peer->rule, now, true)};
    }
    return Failure{Code::no_live_peer, Side::self, Stage::pick, 0};
}

core::result<GroupAtWorker::Pick> GroupAtWorker::pick_trial(const Tier& tier, const balance::PeerSet& tried, core::Instant now) {
    for (const auto& peer : group_.peers()) {
        const auto i = peer->index;
        if (!tier.members.contains(i) || tier.live.contains(i) || (tried.size() && tried.contains(i))) continue;
        if (peer->health->claim_trial(peer->rule, now, false)) return Pick{peer.get(), true};
    }
    return Failure{Code::no_live_peer, Side::self, Stage::pick, 0};
}

bool GroupAtWorker::report_failure(const Pick& pick, core::Instant now) {
    const bool went_down = pick.peer->health->on_failure(pick.peer->rule, now);
    if (went_down) group_.health_changed();
    return went_down;
}

bool GroupAtWorker::report_success(const Pick& pick) {
    const bool came_up = pick.peer->health->on_success();
    if (came_up) group_.health_changed();
    return came_up;
}

void GroupAtWorker::report_nothing(const Pick& pick) {
    if (pick.trial) pick.peer->health->release_trial();
}

}  // namespace sluice::upstream
