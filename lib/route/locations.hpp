// Which location serves a path: nginx's rules, for locations nested to any depth.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/regex.hpp"
#include "route/prefix_tree.hpp"
#include "route/text_table.hpp"

namespace sluice::route {

/// One location block. Its number is its place among those given to Locations::build(), which are in the conf's order.
struct LocationSpec {
    enum class Kind : std::uint8_t {
        prefix,          // location /x
        preferred,       // location ^~ /x: as a prefix, and no regex beside it is tried
        exact,           // location = /x
        regex,           // location ~ x
        regex_caseless,  // location ~* x
        named,           // location @x
    };
    static constexpr std::uint32_t no_parent = 0xffffffff;

    Kind kind = Kind::prefix;
    std::string_view text;             // without the modifier; "@x" with its '@'
    std::uint32_t parent = no_parent;  // the location that it stands in; comes before it
    bool auto_redirect = false;        // it ends in '/' and proxies: the path without that slash is answered with a 301
};

/// Why a location cannot stand; it is left out, with those in it. All are errors but `unreachable`, a warning.
struct LocationComplaint {
    enum class Kind : std::uint8_t {
        duplicate,       // of `other`
        outside,         // its text does not begin with that of `other`, in which it stands
        unreachable,     // no regex, but stands in a regex (`other`, or further out): nginx loads it and never finds it
        in_exact,        // stands in `other`, which matches one path only
        in_named,        // stands in `other`, which has a name
        nested_name,     // has a name, but stands in `other`
        regex,           // see `error`
        parent_refused,  // stands in `other`, which cannot stand
    };
    Kind kind;
    std::uint32_t index;
    std::uint32_t other = LocationSpec::no_parent;
    core::Regex::Error error{};
};

/// How a location fared in one decision.
enum class Verdict : std::uint8_t {
    chosen,
    encloses,           // the chosen one stands in it
    shorter,            // its prefix matches, but that of `by` is longer
    no_match,           // its regex was tried
    gave_up,            // its regex took too many steps
    lost_to_regex,      // its prefix matches, but so does the regex of `by`
    lost_to_earlier,    // its regex was not tried: that of `by` comes first, and matches
    lost_to_exact,      // `by` is the very path
    lost_to_preferred,  // its regex was not tried: `by` says ^~
    lost_to_nested,     // its regex was not tried: `by` stands deeper and is final
    lost_to_redirect,   // the path is `by` without the last slash
};

/// The verdict in words, for people: "its prefix is shorter than that of {}", where {} stands for `by`.
std::string_view words_of(Verdict verdict);

/// Whoever could have had the path, in the order of the decision. The chosen one comes last, after those around it.
struct LocationTrace {
    struct Step {
        std::uint32_t location;
        Verdict verdict;
        std::uint32_t by = LocationSpec::no_parent;
    };
    std::vector<Step> steps;
};

/// What decide() finds. Kept by the caller and used again, so that deciding allocates nothing.
struct LocationChoice {
    static constexpr std::uint32_t none = 0xffffffff;
    struct Hit {
        std::uint32_t location;
        core::Captures captures;  // of the path
    };

    std::uint32_t location = none;          // none: no location matches, the site itself serves
    bool auto_redirect = false;             // answer with a 301 to the location's text
    std::vector<Hit> hits;                  // regexes that matched, the outermost first; $1 to $9 are the last one's
    std::uint32_t over_limit = none;        // the location whose regex was given up: the search ended there, nothing is found

    void clear() {
        location = none;
        auto_redirect = false;
        hits.clear();
        over_limit = none;
    }
};

/// The locations of one site. Immutable after build().
class Locations {
  public:
    static Locations build(std::span<const LocationSpec> specs, std::vector<LocationComplaint>& complaints);

    /// `path` is a NormalUri's. In each level: the exact location; else the longest prefix, and within it the same
    /// again; unless that was final or the prefix says ^~, the first regex that matches, and within it the same again.
    void decide(std::string_view path, LocationChoice& out, LocationTrace* trace = nullptr) const;

    /// "@x" to its number, or LocationChoice::none.
    std::uint32_t find_named(std::string_view name) const { return named_.find(name, TextHash::forward(name)); }

    /// The regex of a location that has one, for its named groups; else nullptr.
    const core::Regex* regex_of(std::uint32_t location) const;

  private:
    struct Pattern {
        core::Regex regex;
        std::uint32_t location;
    };
    /// Locations that stand in the same block.
    struct Level {
        std::uint32_t root = PrefixTree::none;
        std::vector<Pattern> patterns;
    };
    struct Node {
        std::uint32_t level = none;  // of those that stand in it
        bool preferred = false;
        bool auto_redirect = false;
        std::uint32_t holder = none;   // regexes: the level that holds it
        std::uint32_t pattern = none;  // and where
    };
    static constexpr std::uint32_t none = LocationChoice::none;
    class Builder;
    class Search;

    PrefixTree tree_;
    std::vector<Level> levels_;  // [0]: directly in the site
    std::vector<Node> nodes_;    // by location
    TextTable named_;
};

}  // namespace sluice::route
