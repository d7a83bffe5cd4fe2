#include "files/cache.hpp"

namespace sluice::files {

using detail::Entry;

Found::~Found() {
    if (!entry_ || --entry_->readers > 0) return;
    if (!entry_->path)
        delete entry_;  // dropped meanwhile
    else if (entry_->uses < limit_)
        entry_->look.descriptor = Descriptor();  // not used often enough to be kept open
}

Cache::~Cache() { by_use_.clear(); }

Found Cache::open(std::string_view path, Walk walk, const CacheUse& use, core::Instant now) {
    const auto known = entries_.find(path);
    if (known != entries_.end()) {
        Entry& entry = *known->second;
        const bool closed = entry.look.error == 0 && entry.look.info.kind == Info::Kind::file && !entry.look.descriptor;
        const bool fresh =
            now - entry.checked < use.valid && entry.walk == walk && (entry.look.error == 0 || use.errors);
        if (!closed && fresh) return give(entry, use, now);
        if (entry.readers == 0) {
            check_again(entry, path.data(), walk);
            entry.checked = now;
            if (entry.look.error == 0 || use.errors) return give(entry, use, now);
            const int error = entry.look.error;
            const char* const call = entry.look.call;
            drop(entry);
            Look look;
            look.error = error;
            look.call = call;
            return Found(std::move(look));
        }
        drop(entry);  // others read from it; the path may lead elsewhere by now
    }
    Look look = open_file(path.data(), walk);
    if (look.error != 0 && !use.errors) return Found(std::move(look));
    drop_old(now);
    if (entries_.size() >= most_) drop(by_use_.back());
    const auto [place, is_new] = entries_.emplace(std::string(path), std::make_unique<Entry>());
    Entry& entry = *place->second;
    entry.path = &place->first;
    entry.look = std::move(look);
    entry.walk = walk;
    entry.checked = now;
    by_use_.push_front(entry);
    return give(entry, use, now);
}

/// A file that is still the same keeps its descriptor: one stat instead of open, fstat and close.
void Cache::check_again(Entry& entry, const char* path, Walk walk) {
    if (entry.look.descriptor && walk.links == LinkRule::any && entry.walk == walk) {
        auto now = look_at(path, walk);
        if (now.error == 0 && now.info.kind == Info::Kind::file && now.info.is_same_as(entry.look.info)) {
            entry.look.info = now.info;
            return;
        }
    }
    entry.look = open_file(path, walk);
    entry.walk = walk;
}

Found Cache::give(Entry& entry, const CacheUse& use, core::Instant now) {
    ++entry.uses;
    entry.used = now;
    by_use_.splice(by_use_.begin(), by_use_, by_use_.iterator_to(entry));
    Found out(entry);
    out.limit_ = use.min_uses;
    return out;
}

/// Two at a time, so that no request pays for many.
void Cache::drop_old(core::Instant now) {
    for (int i = 0; i < 2 && !by_use_.empty() && now - by_use_.back().used > inactive_; ++i) drop(by_use_.back());
}

void Cache::drop(Entry& entry) {
    by_use_.erase(by_use_.iterator_to(entry));
    const auto place = entries_.find(*entry.path);
    entry.path = nullptr;
    if (entry.readers > 0) [[maybe_unused]]
        auto* left = place->second.release();  // the last reader frees it
    entries_.erase(place);
}

}  // namespace sluice::files
