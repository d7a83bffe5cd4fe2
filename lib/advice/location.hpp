// Locations by kind, and what a regular expression can match.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advice/view.hpp"

namespace sluice::advice {

struct Location {
    enum class Kind : std::uint8_t { exact, prefix, final_prefix, regex, regex_any_case, named };
    Kind kind = Kind::prefix;
    std::string path;                    // without the modifier
    const config::Word* word = nullptr;  // where the path stands
    const Level* level = nullptr;

    bool is_regex() const { return kind == Kind::regex || kind == Kind::regex_any_case; }
    bool is_prefix() const { return kind == Kind::prefix || kind == Kind::final_prefix; }
};

/// nullopt if the level is no location, has no path, or a modifier that there is not.
std::optional<Location> location_of(const Level& level);

/// Those that stand in the level itself.
std::vector<Location> locations_in(const Level& level);

/// A text that the regular expression matches; nullopt if it holds what is not understood here (look-around, flags).
std::optional<std::string> sample_of(std::string_view regex);

/// Whether it can match at the end of any path, whatever the path starts with.
bool matches_below_any_prefix(std::string_view regex);

/// Whether it matches every path.
bool matches_everything(std::string_view regex);

}  // namespace sluice::advice
