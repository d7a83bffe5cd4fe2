#include "upstream/sessions.hpp"

namespace sluice::upstream {

std::shared_ptr<PeerSession> PeerSessions::of(const Peer& peer, std::uint64_t rules, std::string_view name) {
    Key key{peer.endpoint, rules, std::string(name)};
    const auto known = all_.find(key);
    if (known != all_.end()) return known->second;
    if (all_.size() >= most) all_.clear();  // connections keep theirs
    return all_[std::move(key)] = std::make_shared<PeerSession>();
}

}  // namespace sluice::upstream
