// Requests that may get to a route of a conf: guesses, made from what the conf says. Whether they do is asked
// elsewhere.
#pragma once

#include <string>
#include <vector>

#include "bench/approach.hpp"
#include "route/snapshot.hpp"

namespace sluice::bench {

/// URIs that may choose the location, the plainest first.
std::vector<std::string> candidate_uris(const route::Route& route);
/// Hosts that may choose a site of these names.
std::vector<std::string> candidate_hosts(const std::vector<std::string>& names);
/// URIs that the site's own rewrites, and those of its locations, look for.
std::vector<std::string> rewritten_uris(const route::Site& site);

/// What can be changed of a request so that a condition holds.
struct Tweak {
    enum class What : std::uint8_t { field, argument, method, uri, body };
    What what;
    std::string name;
    std::string value;

    void apply(Approach& approach) const;
    friend bool operator==(const Tweak&, const Tweak&) = default;
};

/// For each `if` of the site whose outcome one word of a request decides; and for what is refused by its method or its
/// size.
std::vector<Tweak> tweaks_of(const route::Site& site);

}  // namespace sluice::bench
