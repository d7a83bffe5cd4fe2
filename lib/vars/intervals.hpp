// Ranges of keys with a number each, one lying in another: the innermost counts. Flattened once; then a look-up is one
// binary search over an array of keys.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::vars {

/// `Key` is ordered, and has is_last(key) and successor(key). Immutable once built; read by all workers.
template <class Key>
class Intervals {
  public:
    struct Range {
        Key first{};
        Key last{};
        std::uint32_t number = 0;
    };

    Intervals() : Intervals({}, 0) {}

    /// Of any two `ranges` either one holds the other or they share no key; none stands twice. `outside`: the number of
    /// all other keys.
    Intervals(std::vector<Range> ranges, std::uint32_t outside);

    std::uint32_t find(const Key& key) const {
        const auto next = std::upper_bound(starts_.begin(), starts_.end(), key);
        return numbers_[static_cast<std::size_t>(next - starts_.begin()) - 1];
    }

    std::size_t size() const { return starts_.size(); }

  private:
    void start(const Key& key, std::uint32_t number);

    std::vector<Key> starts_;             // the first is the smallest key there is
    std::vector<std::uint32_t> numbers_;  // beside starts_: from there up to the next start
};

template <class Key>
Intervals<Key>::Intervals(std::vector<Range> ranges, std::uint32_t outside) {
    // The outer one of two that start together comes first.
    std::ranges::sort(ranges, [](const Range& a, const Range& b) {
        return a.first != b.first ? a.first < b.first : b.last < a.last;
    });
    start(Key{}, outside);
    std::vector<Range> open;
    const auto close = [&] {
        const Key last = open.back().last;
        open.pop_back();
        if (!is_last(last)) start(successor(last), open.empty() ? outside : open.back().number);
    };
    for (const Range& range : ranges) {
        while (!open.empty() && open.back().last < range.first) close();
        start(range.first, range.number);
        open.push_back(range);
    }
    while (!open.empty()) close();
    starts_.shrink_to_fit();
    numbers_.shrink_to_fit();
}

/// From `key` on. Takes back what was to start at the same key, and starts nothing that goes on anyway.
template <class Key>
void Intervals<Key>::start(const Key& key, std::uint32_t number) {
    if (!starts_.empty() && starts_.back() == key) {
        starts_.pop_back();
        numbers_.pop_back();
    }
    if (!numbers_.empty() && numbers_.back() == number) return;
    starts_.push_back(key);
    numbers_.push_back(number);
}

}  // namespace sluice::vars
