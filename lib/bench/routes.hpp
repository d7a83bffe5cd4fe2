// The routes of a conf, each with a request that gets to it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/approach.hpp"
#include "bench/stage.hpp"
#include "route/snapshot.hpp"

namespace sluice::bench {

struct DrivenRoute {
    std::string site;  // "server example.com"
    ConfPlace site_place;
    std::string title;  // "location /api/"; "" of what the server block answers itself
    ConfPlace place;    // in the user's conf
    Approach approach;
    std::string from;     // where the request first belongs, and what is peculiar about it: "location /, its backend
                          // answers 503"; "" of a plain request that belongs here from the start
    std::string leads;    // to what: "to api", "a file", "301", "location @app, to api"
    int status = 0;       // that it ends with; 0: the backend's
    std::string why_not;  // no request gets there; "" if one does
};

/// In the order of the conf. `snapshot` is of the staged conf, compiled without errors. `asked` becomes how often the
/// decision was. The signals of bench/signals end the search early.
std::vector<DrivenRoute> find_routes(const route::Snapshot& snapshot, const Staged& staged, const Usual& usual,
                                     std::size_t* asked = nullptr);

}  // namespace sluice::bench
