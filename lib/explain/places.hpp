// From what holds in a route back to the lines that say so.
#pragma once

#include <string_view>
#include <vector>

#include "explain/story.hpp"
#include "route/snapshot.hpp"

namespace sluice::explain {

/// Looks into a conf, which outlives it.
class Places {
  public:
    explicit Places(const route::Snapshot& snapshot) : conf_(snapshot.conf) {}

    Place of(config::Span span) const;

    /// The blocks around the directive that begins at `where`, its own first, the whole conf last.
    using Blocks = std::vector<const std::vector<config::Directive>*>;
    Blocks blocks_at(config::Span where) const;

    /// The directives of this name that hold in the block at `where`: those of the innermost block that has any.
    std::vector<const config::Directive*> holding(config::Span where, std::string_view name) const;

    /// The place of the first of them, or none.
    Place holding_place(config::Span where, std::string_view name) const;

    /// `upstream NAME`, or nullptr.
    const config::Directive* upstream(std::string_view name) const;

  private:
    const config::Conf& conf_;
};

}  // namespace sluice::explain
