#include "route/text_table.hpp"

#include <algorithm>
#include <utility>

namespace sluice::route {

std::size_t TextTable::slot_for(std::string_view key, std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash & mask;
    while (slots_[at].value != none && (slots_[at].hash != hash || key_of(slots_[at]) != key)) at = (at + 1) & mask;
    return at;
}

std::uint32_t TextTable::find(std::string_view key, TextHash hash) const {
    if (size_ == 0) return none;
    return slots_[slot_for(key, hash.value())].value;
}

std::uint32_t TextTable::insert(std::string_view key, TextHash hash, std::uint32_t value) {
    if (size_ * 2 >= slots_.size()) grow();
    Slot& slot = slots_[slot_for(key, hash.value())];
    if (slot.value != none) return slot.value;
    slot = {hash.value(), value, static_cast<std::uint32_t>(keys_.size()), static_cast<std::uint32_t>(key.size())};
    keys_ += key;
    longest_ = std::max(longest_, key.size());
    ++size_;
    return value;
}

void TextTable::grow() {
    const std::vector<Slot> before =
        std::exchange(slots_, std::vector<Slot>(std::max<std::size_t>(8, slots_.size() * 2)));
    for (const Slot& slot : before)
        if (slot.value != none) slots_[slot_for(key_of(slot), slot.hash)] = slot;
}

}  // namespace sluice::route
