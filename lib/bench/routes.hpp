// The routes of a conf, each with a request that gets to it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/stage.hpp"
#include "bench/target.hpp"
#include "route/snapshot.hpp"

namespace sluice::bench {

struct DrivenRoute {
    std::string site;  // "server example.com"
    ConfPlace site_place;
    std::string title;    // "location /api/"; "" of what the server block answers itself
    ConfPlace place;      // in the user's conf
    Url url;              // of a listener on this machine, with the site's name
    std::string leads;    // to what: "group api", "file", "301", "location @app"
    std::string why_not;  // no request gets there; "" if one does
};

/// In the order of the conf. `snapshot` is of the staged conf, compiled without errors.
std::vector<DrivenRoute> find_routes(const route::Snapshot& snapshot, const Staged& staged, const std::string& method,
                                     const std::vector<std::string>& fields);

/// URIs that may choose the location, the plainest first.
std::vector<std::string> candidate_uris(const route::Route& route);
/// Hosts that may choose a site of these names.
std::vector<std::string> candidate_hosts(const std::vector<std::string>& names);

}  // namespace sluice::bench
