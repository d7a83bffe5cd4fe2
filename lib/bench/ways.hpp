// Ways to locations that no request chooses from outside: those with a name, internal ones, hidden ones.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "bench/approach.hpp"

namespace sluice::bench {

/// A request, and what becomes of it.
struct Way {
    Approach approach;
    explain::Story story;
};

/// Of one site. Begins from requests that get somewhere else: by what the conf's own rewrites, conditions, limits and
/// error pages do with them, and by backends that fail or answer with X-Accel-Redirect.
class Ways {
  public:
    /// `known` get to locations of the site; the first is its door: at its listener, with its name.
    Ways(const Asker& asker, const route::Site& site, std::vector<Way> known);

    std::optional<Way> to(const route::Route& route);
    /// Where the request of a way belongs at first: "location /"; "" if the server block answers it.
    std::string origin_of(const Way& way) const;

  private:
    /// Made with every word of the request that something depends on changed, one at a time.
    void widen();
    void know(Approach approach);
    const route::Route* route_at(std::uint32_t line) const;
    /// To be called once for each of `known_`.
    void note(std::size_t way);
    const Way* known_to(std::uint32_t line) const;
    const Way* by_answer(std::uint32_t line);
    /// What becomes of a way when its backends answer with the errors that its location has pages for.
    void answer(const Way& way);
    std::optional<Way> by_redirect(const Way& way, const route::Route& to) const;
    /// `group`: of the peers that answer so; "": all.
    std::optional<Way> try_peers(const Way& way, explain::PeerAnswer answer, const std::string& group) const;
    bool may_ask() const;

    const Asker& asker_;
    const route::Site& site_;
    std::unordered_map<std::uint32_t, const route::Route*> routes_;  // by line
    std::vector<Way> known_;
    std::unordered_map<std::uint32_t, std::size_t> through_;  // by line: the first known way that enters
    std::vector<std::size_t> asking_;                         // known ways, one for each location that asks a backend
    std::unordered_set<std::uint32_t> asking_lines_;
    std::size_t answered_ = 0;                        // of those that ask
    std::unordered_map<std::uint32_t, Way> answers_;  // by line: the first that enters by what a backend answers
    const std::size_t asked_before_;
    bool wide_ = false;
};

}  // namespace sluice::bench
