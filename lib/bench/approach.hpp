// A way to a route: a request, and what the backends do with it. Whether it gets there says the decision itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/target.hpp"
#include "core/clock.hpp"
#include "explain/question.hpp"
#include "explain/story.hpp"
#include "route/snapshot.hpp"

namespace sluice::bench {

/// Behind the URI that a backend sends a request to, so that it answers plainly when asked once more.
inline constexpr std::string_view second_hop = "sluice-bench";

struct Approach {
    Url url;                               // of a listener on this machine, with the site's name
    std::string method = {};               // "": that of the load
    std::vector<std::string> fields = {};  // before those of the load
    std::size_t body = 0;                  // bytes, where the load has none
    bool without_host = false;             // HTTP/1.0, for a site without a name
    std::optional<explain::PeerAnswer> peers = {};

    /// "POST, its backend answers 503": what is not as in other requests of the load, for people; "" if nothing is.
    std::string peculiarity() const;
};

/// What the load has for all routes.
struct Usual {
    std::string method;
    std::vector<std::string> fields;
    std::optional<std::size_t> body = {};  // its length
};

/// Puts approaches to the decision. `snapshot` has been compiled without errors.
class Asker {
  public:
    Asker(const route::Snapshot& snapshot, const Usual& usual) : snapshot_(snapshot), usual_(usual) {}

    /// nullopt: nobody would understand such a request.
    std::optional<explain::Story> ask(const Approach& approach) const;
    /// How often that was done.
    std::size_t asked() const { return asked_; }

    std::uint32_t line_of(config::Span where) const;
    /// Whether the request enters the location that stands at that line.
    static bool enters(const explain::Story& story, std::uint32_t line);

  private:
    const route::Snapshot& snapshot_;
    const Usual& usual_;
    const core::SystemClock clock_;
    mutable std::size_t asked_ = 0;
};

}  // namespace sluice::bench
