// Which names in a conf lead to its own groups of peers, and so to backends of our own.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "config/tree.hpp"

namespace sluice::bench {

/// Looks into a conf, which outlives it.
class GroupNames {
  public:
    explicit GroupNames(const config::Conf& conf);

    bool has(std::string_view name) const { return groups_.contains(std::string(name)); }

    /// Whether nothing but names of groups can come of a variable ("$name"): map, geo or split_clients make it, all of
    /// their values are such names or such variables, and nothing else writes to it.
    bool come_of(std::string_view variable) const { return come_of(variable, 0); }

  private:
    bool come_of(std::string_view variable, unsigned depth) const;

    const config::Conf& conf_;
    const config::Directive* http_ = nullptr;
    std::set<std::string> groups_;
    std::set<std::string> written_;  // "$name" of `set` and the like, and of named groups of regexes
};

}  // namespace sluice::bench
