#include "tls/session_cache.hpp"

#include <openssl/crypto.h>

#include "tls/passwords.hpp"

namespace sluice::tls {

namespace {

constexpr std::size_t least_of_part = 65536;  // bytes
constexpr std::size_t cost_of_node = 64;      // of the table, about

}  // namespace

SessionCache::Entry::~Entry() { wipe(session); }

SessionCache::SessionCache(std::size_t room, const core::Clock& clock)
    : room_(room),
      clock_(clock),
      used_parts_(
          std::bit_floor(std::clamp<std::size_t>(room / least_of_part, 1, std::tuple_size_v<decltype(parts_)>))) {}

std::size_t SessionCache::cost_of(const Entry& entry) {
    return sizeof(Entry) + cost_of_node + entry.id.size() + entry.session.size();
}

void SessionCache::Part::drop(Entry& entry) {
    bytes -= cost_of(entry);
    by_use.erase(by_use.iterator_to(entry));
    entries.erase(entries.find(entry.id));  // by an iterator: the key is a view of what is freed
}

void SessionCache::put(std::string_view id, std::string_view session, core::Duration timeout) {
    if (session.size() > most_of_one) return;
    auto entry = std::make_unique<Entry>();
    entry->id = id;
    entry->session = session;
    entry->ends = clock_.now() + timeout;
    const std::size_t cost = cost_of(*entry), room = room_ / used_parts_;
    if (cost > room) return;
    Part& part = part_of(id);
    const std::scoped_lock lock(part.mutex);
    if (const auto found = part.entries.find(id); found != part.entries.end()) part.drop(*found->second);
    while (part.bytes + cost > room) part.drop(part.by_use.back());
    Entry& kept = *entry;
    part.entries.emplace(kept.id, std::move(entry));
    part.by_use.push_front(kept);
    part.bytes += cost;
}

std::string SessionCache::get(std::string_view id) {
    const core::Instant now = clock_.now();
    Part& part = part_of(id);
    const std::scoped_lock lock(part.mutex);
    const auto found = part.entries.find(id);
    if (found == part.entries.end()) return {};
    Entry& entry = *found->second;
    if (entry.ends <= now) {
        part.drop(entry);
        return {};
    }
    part.by_use.splice(part.by_use.begin(), part.by_use, part.by_use.iterator_to(entry));
    return entry.session;
}

void SessionCache::remove(std::string_view id) {
    Part& part = part_of(id);
    const std::scoped_lock lock(part.mutex);
    if (const auto found = part.entries.find(id); found != part.entries.end()) part.drop(*found->second);
}

std::size_t SessionCache::size() const {
    std::size_t out = 0;
    for (const Part& part : parts_) {
        const std::scoped_lock lock(part.mutex);
        out += part.entries.size();
    }
    return out;
}

std::size_t SessionCache::bytes() const {
    std::size_t out = 0;
    for (const Part& part : parts_) {
        const std::scoped_lock lock(part.mutex);
        out += part.bytes;
    }
    return out;
}

}  // namespace sluice::tls
