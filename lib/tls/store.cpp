#include "tls/store.hpp"

namespace sluice::tls {

namespace {

/// What is still in use under `key`; room for it is made by throwing out what nobody uses any more.
template <class T>
std::shared_ptr<T> find_used(std::map<std::string, std::weak_ptr<T>, std::less<>>& map, const std::string& key) {
    const auto found = map.find(key);
    if (found != map.end())
        if (auto used = found->second.lock()) return used;
    std::erase_if(map, [](const auto& entry) { return entry.second.expired(); });
    return nullptr;
}

}  // namespace

const core::Clock& Store::system_clock() {
    static const core::SystemClock clock;
    return clock;
}

Store::Store(const core::Clock& clock, Opener opener) : clock_(clock), opener_(std::move(opener)) {}

const Passwords* Store::passwords(const Item& file, Complaints& complaints) {
    const auto known = passwords_.find(file.text);
    if (known != passwords_.end()) return &known->second;
    auto read = read_passwords(file, opener_, waits_for_pipes_, complaints);
    return read ? &passwords_.emplace(file.text, std::move(*read)).first->second : nullptr;
}

std::shared_ptr<const Passwords> Store::passwords(const std::vector<Item>& files, Complaints& complaints) {
    auto out = std::make_shared<Passwords>();
    for (const Item& file : files) {
        const Passwords* some = passwords(file, complaints);
        if (!some) return nullptr;
        out->add(*some);
    }
    return out;
}

std::shared_ptr<const LoadedPair> Store::pair(const Pair& pair, const std::vector<Item>& password_files,
                                              Complaints& complaints) {
    const auto all = passwords(password_files, complaints);
    if (!all) return nullptr;
    OpenItem certificate(pair.certificate, opener_), key(pair.key, opener_);
    const std::string identity = certificate.identity() + '\n' + key.identity();
    std::shared_ptr<const LoadedPair> out;
    if (certificate.is_open() && key.is_open()) out = find_used(pairs_, identity);
    if (!out) {
        files_read_ += 2;
        out = load_pair(pair, certificate, key, *all, complaints);
        if (!out) return nullptr;
        pairs_[identity] = out;
    }
    warn_about(*out, pair, now(), complaints);
    return out;
}

std::shared_ptr<const Trust> Store::trust(const TrustRule& rule, Complaints& complaints) {
    TrustFiles files(rule, opener_);
    const std::string identity = files.identity(rule);
    std::shared_ptr<const Trust> out = find_used(trusts_, identity);
    if (!out) {
        files_read_ += 1;
        out = load_trust(rule, files, complaints);
        if (!out) return nullptr;
        trusts_[identity] = out;
    }
    warn_about(*out, rule, now(), complaints);
    return out;
}

std::shared_ptr<SessionCache> Store::session_cache(const SessionCacheRule& rule, Complaints& complaints) {
    return cache("session cache", rule.shared, rule.shared_size, complaints);
}

std::shared_ptr<SessionCache> Store::ocsp_cache(const OcspCacheRule& rule, Complaints& complaints) {
    return cache("OCSP cache", rule.name, rule.size, complaints);
}

/// Those of either kind have names of their own.
std::shared_ptr<SessionCache> Store::cache(const char* kind, const std::string& of_conf, std::size_t size,
                                           Complaints& complaints) {
    const std::string name = std::string(kind) + " \"" + of_conf + "\"";
    if (size < SessionCache::least_size) {
        refuse(complaints, {}, name + " is too small: " + std::to_string(size) + " bytes",
               "it needs 32k at least; 1m keeps about 4000 sessions");
        return nullptr;
    }
    const auto [known, first] = cache_sizes_.emplace(name, size);
    if (!first && known->second != size) {
        refuse(complaints, {},
               "the size " + std::to_string(size) + " of " + name + " conflicts with its size elsewhere in the conf, " +
                   std::to_string(known->second));
        return nullptr;
    }
    auto out = find_used(caches_, name);
    if (out && out->room() == size) return out;
    out = std::make_shared<SessionCache>(size, clock_);
    caches_[name] = out;
    return out;
}

std::shared_ptr<TicketKeys> Store::ticket_keys(const std::vector<Item>& files, std::chrono::seconds timeout,
                                               Complaints& complaints) {
    if (!files.empty()) return TicketKeys::from_files(files, opener_, clock_, complaints);
    if (!keys_) keys_ = TicketKeys::rotating(clock_);
    keys_->keep_for(timeout);
    return keys_;
}

void Store::end_of_conf() {
    passwords_.clear();
    cache_sizes_.clear();
}

}  // namespace sluice::tls
