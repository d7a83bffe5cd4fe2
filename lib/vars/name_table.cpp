#include "vars/name_table.hpp"

#include <algorithm>

namespace sluice::vars {

NameHash NameTable::hash_of(std::string_view name) const {
    NameHash out;
    if (order_ == Order::forwards)
        for (std::size_t i = 0; i < name.size(); ++i) out.add(name[i]);
    else
        for (std::size_t i = name.size(); i > 0; --i) out.add(name[i - 1]);
    return out;
}

/// Where the name is, or would be.
std::size_t NameTable::slot_of(std::string_view name, std::uint64_t hash) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = static_cast<std::size_t>(hash) & mask;
    for (; slots_[slot] != none; slot = (slot + 1) & mask) {
        const Entry& entry = entries_[slots_[slot]];
        if (entry.hash == hash && core::iequals(entry.name, name)) break;
    }
    return slot;
}

void NameTable::grow() {
    slots_.assign(std::max<std::size_t>(8, slots_.size() * 2), none);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) slots_[slot_of(entries_[i].name, entries_[i].hash)] = i;
}

std::uint32_t NameTable::add(std::string_view name, std::uint32_t number) {
    if (2 * (entries_.size() + 1) > slots_.size()) grow();
    const std::uint64_t hash = hash_of(name).value();
    std::uint32_t& slot = slots_[slot_of(name, hash)];
    if (slot != none) return entries_[slot].number;
    slot = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back({hash, number, std::string(name)});
    longest_ = std::max(longest_, name.size());
    return none;
}

std::uint32_t NameTable::find(std::string_view name) const {
    return entries_.empty() || name.size() > longest_ ? none : find(name, hash_of(name));
}

std::uint32_t NameTable::find(std::string_view name, const NameHash& hash) const {
    if (entries_.empty()) return none;
    const std::uint32_t found = slots_[slot_of(name, hash.value())];
    return found == none ? none : entries_[found].number;
}

}  // namespace sluice::vars
