// nginx's map: a variable whose value follows from a text, usually other variables.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/tree.hpp"
#include "core/regex.hpp"
#include "vars/name_table.hpp"
#include "vars/template.hpp"

namespace sluice::vars {

/// Immutable once built; read by all workers.
class Map {
  public:
    /// A named group of a regex: which variable it sets.
    struct Group {
        std::uint32_t number = 0;
        std::uint32_t variable = 0;  // as Names gave it
    };

    struct Found {
        const Template* value = nullptr;     // never null in what find() gives
        const core::Regex* regex = nullptr;  // what matched; nullptr: no regex was needed
        std::span<const Group> groups;       // of that regex
        bool limit = false;  // a regex was given up: the value is the default, and the log should say so
    };

    /// The value for `text`, by nginx's order: the text itself, the longest "*.x", the longest "x.*", the first regex,
    /// the default. `captures` is set if a regex matched, offsets into `text`; nginx then takes $1 to $9 from there if
    /// the regex has groups at all. Costs two walks over as much of `text` as the longest key has, and the regexes.
    Found find(std::string_view text, core::Captures& captures) const;

    /// The variable that it defines, without "$".
    const std::string& variable() const { return variable_; }
    /// What is looked up.
    const Template& source() const { return source_; }
    /// To be looked up at each use, not once per request.
    bool is_volatile() const { return volatile_; }

    struct Size {
        std::size_t texts = 0;  // masks with them
        std::size_t regexes = 0;
    };
    Size size() const { return {keys_.size(), patterns_.size()}; }

  private:
    friend class MapBuilder;

    struct Key {
        std::uint32_t value = 0;    // an index into values_
        bool names_itself = false;  // ".x" is "x" too
    };
    struct Pattern {
        core::Regex regex;
        std::vector<Group> groups;
        std::uint32_t value = 0;
    };

    const Key* find_text(std::string_view text) const;
    const Key* find_ending(std::string_view text) const;
    const Key* find_beginning(std::string_view text) const;

    std::string variable_;
    Template source_;
    std::vector<Template> values_ = std::vector<Template>(1);  // equal ones once; the first is the empty one
    std::vector<Key> keys_;                                    // the tables below give an index into it
    NameTable whole_;
    NameTable endings_{NameTable::Order::backwards};  // "x" of "*.x" and ".x"
    NameTable beginnings_;                            // "x" of "x.*"
    std::vector<Pattern> patterns_;
    std::uint32_t default_ = 0;
    bool hostnames_ = false;
    bool volatile_ = false;
};

/// From `map SOURCE $NAME { ... }`, which has passed config::check(). Reports all that is wrong with the entries;
/// nothing comes back if an error was among it, or in what the checker looks at.
std::optional<Map> build_map(const config::Directive& directive, Names& names, config::Diagnostics& diagnostics);

}  // namespace sluice::vars
