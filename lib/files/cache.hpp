// open_file_cache: what was found at paths, with its descriptor, for the next request.
#pragma once

#include <boost/intrusive/list.hpp>
#include <memory>
#include <string>
#include <unordered_map>

#include "core/time.hpp"
#include "files/open.hpp"

namespace sluice::files {

class Cache;

namespace detail {

/// What is known of a path. It is in the cache's table, or has been dropped while somebody still reads from it.
struct Entry : boost::intrusive::list_base_hook<> {
    Look look;
    Walk walk;
    const std::string* path = nullptr;  // its key; nullptr: dropped
    core::Instant checked{}, used{};
    std::uint64_t uses = 0;     // since it came in
    std::uint32_t readers = 0;  // requests that read from it now
};

}  // namespace detail

/// A file, a folder or an error, good as long as this object; a descriptor is shared with the cache, or its own.
class Found {
  public:
    Found() = default;
    explicit Found(Look look) : look_(std::move(look)) {}
    explicit Found(detail::Entry& entry) : entry_(&entry) { ++entry.readers; }
    Found(Found&& other) noexcept : look_(std::move(other.look_)), entry_(std::exchange(other.entry_, nullptr)), limit_(other.limit_) {}
    Found& operator=(Found&& other) noexcept {
        std::swap(look_, other.look_);
        std::swap(entry_, other.entry_);
        std::swap(limit_, other.limit_);
        return *this;
    }
    ~Found();

    int error() const { return look().error; }
    const char* call() const { return look().call; }
    const Info& info() const { return look().info; }
    int descriptor() const { return look().descriptor.number(); }
    bool is(Info::Kind kind) const { return error() == 0 && info().kind == kind; }

  private:
    friend class Cache;
    const Look& look() const { return entry_ ? entry_->look : look_; }

    Look look_;
    detail::Entry* entry_ = nullptr;
    std::uint32_t limit_ = 0;  // open_file_cache_min_uses
};

/// How one location uses a cache.
struct CacheUse {
    core::Duration valid = std::chrono::seconds(60);  // after which the path is looked at again
    std::uint32_t min_uses = 1;                       // a file keeps its descriptor from that many uses on
    bool errors = false;                              // what could not be opened is kept too
};

/// As in nginx each worker has its own: one thread, no lock. What is read from must be given back before the cache goes.
class Cache {
  public:
    /// Most entries, the one that was used last longest ago making room; and how long an unused one stays.
    Cache(std::size_t most, core::Duration inactive) : most_(most), inactive_(inactive) {}
    ~Cache();
    Cache(const Cache&) = delete;
    Cache& operator=(const Cache&) = delete;

    /// `path` ends with a NUL behind the view.
    Found open(std::string_view path, Walk walk, const CacheUse& use, core::Instant now);

    std::size_t size() const { return entries_.size(); }

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    using Entries = std::unordered_map<std::string, std::unique_ptr<detail::Entry>, Hash, std::equal_to<>>;

    void check_again(detail::Entry& entry, const char* path, Walk walk);
    Found give(detail::Entry& entry, const CacheUse& use, core::Instant now);
    void drop_old(core::Instant now);
    void drop(detail::Entry& entry);

    std::size_t most_;
    core::Duration inactive_;
    Entries entries_;
    boost::intrusive::list<detail::Entry> by_use_;  // the one used last in front
};

}  // namespace sluice::files
