#include "server/peer_states.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>

namespace sluice::server {

namespace json = boost::json;

namespace {

/// Idle connections by group and peer.
using Idle = std::vector<std::vector<std::size_t>>;

/// One question under way. Its workers count on their threads, all else is the control thread's.
struct Census {
    std::shared_ptr<const route::Snapshot> snapshot;
    core::Instant now;
    Control::Reply reply;
    std::size_t missing = 0;
    Idle idle;
};

Idle count_idle(const route::Snapshot& snapshot, const upstream::Pool& pool) {
    Idle out;
    for (const auto& group : snapshot.groups) {
        auto& counts = out.emplace_back();
        for (const auto& peer : group->peers()) counts.push_back(pool.idle(*peer));
    }
    return out;
}

std::string_view name_of(const upstream::Peer& peer, core::Instant now) {
    if (peer.down) return "down";
    switch (peer.health->standing(peer.rule, now)) {
        case upstream::Standing::up:
            return "up";
        case upstream::Standing::trial:
            return "trial";
        case upstream::Standing::down:
            break;
    }
    return "down";
}

json::value answer_of(const Census& census) {
    json::array groups;
    for (std::size_t g = 0; g < census.snapshot->groups.size(); ++g) {
        auto& group = *census.snapshot->groups[g];
        json::array peers;
        for (const auto& peer : group.peers()) {
            const auto active = group.load(peer->index).active.load(std::memory_order_relaxed);
            peers.push_back(json::object{{"address", peer->name},
                                         {"state", name_of(*peer, census.now)},
                                         {"active", active},
                                         {"idle", census.idle[g][peer->index]},
                                         {"backup", peer->backup}});
        }
        groups.push_back(json::object{{"name", group.name()}, {"peers", std::move(peers)}});
    }
    return json::object{{"pid", getpid()}, {"groups", std::move(groups)}};
}

void add(Census& census, const Idle& counted) {
    for (std::size_t g = 0; g < counted.size(); ++g)
        for (std::size_t p = 0; p < counted[g].size(); ++p) census.idle[g][p] += counted[g][p];
    if (--census.missing == 0) census.reply(answer_of(census));
}

}  // namespace

void ask_peers(boost::asio::io_context& control, const std::vector<std::unique_ptr<Worker>>& workers,
               std::shared_ptr<const route::Snapshot> snapshot, core::Instant now, Control::Reply reply) {
    auto census = std::make_shared<Census>(Census{std::move(snapshot), now, std::move(reply), workers.size(), {}});
    for (const auto& group : census->snapshot->groups) census->idle.emplace_back(group->peers().size());
    for (const auto& worker : workers)
        worker->loop().post([&control, census, at = worker.get()] {
            auto counted = count_idle(*census->snapshot, at->service().pool);
            boost::asio::post(control, [census, counted = std::move(counted)] { add(*census, counted); });
        });
}

}  // namespace sluice::server
