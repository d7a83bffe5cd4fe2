#include "tls/pair_cache.hpp"

namespace sluice::tls {

std::shared_ptr<const LoadedPair> PairCache::get(const Pair& pair, const Passwords& passwords, core::Instant now,
                                                 Complaints& complaints) {
    Key key{pair.certificate.text, pair.key.text};
    const auto known = rule_.most > 0 ? entries_.find(key) : entries_.end();
    if (known != entries_.end()) {
        by_use_.splice(by_use_.begin(), by_use_, known->second.place);
        known->second.used = now;
        if (now - known->second.checked < rule_.valid) return known->second.pair;
    }
    OpenItem certificate(pair.certificate, opener_), secret(pair.key, opener_);
    std::string identity = certificate.identity() + '\n' + secret.identity();
    if (known != entries_.end()) {
        known->second.checked = now;
        if (certificate.is_open() && secret.is_open() && known->second.identity == identity) return known->second.pair;
        drop(known);
    }
    auto out = load_pair(pair, certificate, secret, passwords, complaints);
    if (!out || rule_.most == 0) return out;
    make_room(now);
    by_use_.push_front(key);
    entries_[std::move(key)] = {out, std::move(identity), now, now, by_use_.begin()};
    return out;
}

void PairCache::drop(std::map<Key, Entry>::iterator entry) {
    by_use_.erase(entry->second.place);
    entries_.erase(entry);
}

/// For one more: those that nobody uses go first, a few at a time.
void PairCache::make_room(core::Instant now) {
    for (int i = 0; i < 2 && !by_use_.empty(); ++i) {
        const auto last = entries_.find(by_use_.back());
        if (now - last->second.used < rule_.inactive) break;
        drop(last);
    }
    if (entries_.size() >= rule_.most) drop(entries_.find(by_use_.back()));
}

}  // namespace sluice::tls
