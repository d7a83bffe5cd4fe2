// The ranges of a geo while they are read: which may follow which, by nginx's rules.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "config/source.hpp"
#include "vars/intervals.hpp"

namespace sluice::vars {

/// nginx cuts ranges at every 65,536 addresses, and looks at each piece by itself: one may lie inside a piece that is
/// there, and takes its part of it; it may replace an equal one; it may not reach over an end.
class GeoRanges {
  public:
    struct Piece {
        std::uint32_t first = 0;
        std::uint32_t last = 0;
        std::uint32_t number = 0;
        config::Span place;  // the entry that it is from
    };
    struct Added {
        std::optional<Piece> replaced;  // the first equal one
        std::optional<Piece> conflict;  // the first one whose end it would reach over; what comes behind is not added
    };

    Added add(std::uint32_t first, std::uint32_t last, std::uint32_t number, config::Span place);

    /// Whether all of it was there, in just these pieces.
    bool remove(std::uint32_t first, std::uint32_t last);

    std::vector<Intervals<std::uint32_t>::Range> take() const;

  private:
    Piece* find_touching(std::uint32_t first, std::uint32_t last);

    std::map<std::uint32_t, Piece> pieces_;  // by their first address; they share none
};

}  // namespace sluice::vars
