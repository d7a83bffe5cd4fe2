#include "bench/conf_profiles.hpp"

#include <algorithm>

#include "config/words.hpp"

namespace sluice::bench {

namespace {

/// How well the profile suits the peer; 0 if it is for others.
int rank(const MockProfile& profile, const Moved& peer) {
    if (profile.name.empty()) return 1;
    if (profile.name == peer.peer) return 3;
    return profile.name == peer.name ? 2 : 0;
}

std::string names_of(std::span<const Moved> peers) {
    constexpr std::size_t most_named = 10;
    std::vector<std::string_view> names;
    for (const Moved& peer : peers)
        if (std::ranges::find(names, peer.name) == names.end() && names.size() < most_named) names.push_back(peer.name);
    return names.empty() ? "it has none" : "there are " + config::list(names);
}

}  // namespace

Profiles::Profiles(std::span<const std::string> texts) : texts_(texts.begin(), texts.end()) {
    for (const std::string& text : texts_) profiles_.push_back(parse_backend(text).profile);
}

MockProfile Profiles::of(const Moved& peer) const {
    MockProfile out;
    int best = 1;
    for (const MockProfile& profile : profiles_)
        if (const int here = rank(profile, peer); here >= best) {
            best = here;
            out = profile;
        }
    return out;
}

std::string Profiles::unknown(std::span<const Moved> peers) const {
    for (std::size_t i = 0; i < profiles_.size(); ++i)
        if (!profiles_[i].name.empty() &&
            std::ranges::none_of(peers, [&](const Moved& peer) { return rank(profiles_[i], peer) > 0; }))
            return config::concat({"--backend ", config::in_quotes(texts_[i]),
                                   ": the conf has no upstream and no peer of that name; ", names_of(peers)});
    return "";
}

}  // namespace sluice::bench
