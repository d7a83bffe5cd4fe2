// The table of `types`: which endings of file names have which type.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::route {

/// Immutable once compiled.
class Types {
  public:
    /// Puts an ending in, of which the case does not matter; false: it has a type already, which is replaced.
    bool add(std::string_view ending, std::string_view type);

    /// The type of an ending; "": none.
    std::string_view of_ending(std::string_view ending) const;

    /// Those that hold where a conf has none.
    static Types usual();

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_map<std::string, std::string, Hash, std::equal_to<>> by_ending_;
};

/// What stands behind the last dot of a path's last segment; "" if there is none, or nothing in front of it.
std::string_view ending_of(std::string_view uri);

}  // namespace sluice::route
