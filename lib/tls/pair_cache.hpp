// Certificates whose names have variables: read when a handshake wants them, and kept if the conf says so.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "core/time.hpp"
#include "tls/pair.hpp"

namespace sluice::tls {

/// ssl_certificate_cache, proxy_ssl_certificate_cache.
struct PairCacheRule {
    std::size_t most = 0;  // pairs; 0: none is kept
    core::Duration inactive = std::chrono::seconds(10);  // a pair that nobody has used for that long goes
    core::Duration valid = std::chrono::seconds(60);     // after that its files are looked at again

    bool operator==(const PairCacheRule&) const = default;
};

/// As in nginx each worker has its own; one thread.
class PairCache {
  public:
    PairCache(PairCacheRule rule, Opener opener) : rule_(rule), opener_(std::move(opener)) {}

    /// nullptr: said in `complaints`, and asked again the next time. What was given out stays good.
    std::shared_ptr<const LoadedPair> get(const Pair& pair, const Passwords& passwords, core::Instant now,
                                          Complaints& complaints);

    std::size_t size() const { return entries_.size(); }

  private:
    using Key = std::pair<std::string, std::string>;
    struct Entry {
        std::shared_ptr<const LoadedPair> pair;
        std::string identity;  // of both files
        core::Instant checked{}, used{};
        std::list<Key>::iterator place;
    };
    void drop(std::map<Key, Entry>::iterator entry);
    void make_room(core::Instant now);

    PairCacheRule rule_;
    Opener opener_;
    std::map<Key, Entry> entries_;
    std::list<Key> by_use_;  // the one used last in front
};

}  // namespace sluice::tls
