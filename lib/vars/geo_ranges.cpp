#include "vars/geo_ranges.hpp"

#include <algorithm>

namespace sluice::vars {

namespace {

constexpr std::uint32_t low_half = 0xffff;

/// Calls `each(first, last)` for the pieces of a range, until it returns false.
template <class Each>
void for_each_piece(std::uint32_t first, std::uint32_t last, Each each) {
    for (;;) {
        const std::uint32_t end = std::min(last, first | low_half);
        if (!each(first, end) || end == last) return;
        first = end + 1;
    }
}

}  // namespace

/// The highest piece that shares an address with these.
GeoRanges::Piece* GeoRanges::find_touching(std::uint32_t first, std::uint32_t last) {
    auto behind = pieces_.upper_bound(last);
    if (behind == pieces_.begin()) return nullptr;
    Piece& piece = std::prev(behind)->second;
    return piece.last >= first ? &piece : nullptr;
}

GeoRanges::Added GeoRanges::add(std::uint32_t first, std::uint32_t last, std::uint32_t number, config::Span place) {
    Added out;
    for_each_piece(first, last, [&](std::uint32_t from, std::uint32_t to) {
        const Piece* old = find_touching(from, to);
        if (old && (from < old->first || to > old->last)) return out.conflict = *old, false;
        if (old) {
            const Piece outer = *old;
            if (outer.first == from && outer.last == to && !out.replaced) out.replaced = outer;
            pieces_.erase(outer.first);
            if (outer.first < from) pieces_[outer.first] = {outer.first, from - 1, outer.number, outer.place};
            if (to < outer.last) pieces_[to + 1] = {to + 1, outer.last, outer.number, outer.place};
        }
        pieces_[from] = {from, to, number, place};
        return true;
    });
    return out;
}

bool GeoRanges::remove(std::uint32_t first, std::uint32_t last) {
    bool all = true;
    for_each_piece(first, last, [&](std::uint32_t from, std::uint32_t to) {
        const auto found = pieces_.find(from);
        if (found != pieces_.end() && found->second.last == to)
            pieces_.erase(found);
        else
            all = false;
        return true;
    });
    return all;
}

std::vector<Intervals<std::uint32_t>::Range> GeoRanges::take() const {
    std::vector<Intervals<std::uint32_t>::Range> out;
    out.reserve(pieces_.size());
    for (const auto& [first, piece] : pieces_) out.push_back({piece.first, piece.last, piece.number});
    return out;
}

}  // namespace sluice::vars
