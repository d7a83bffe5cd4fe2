// Picking algorithms. Each is one file, one row in `balancers`, one line in the law test (test/unit/balance_laws.cpp).
//
// Who may be picked is decided before and the same for all algorithms (upstream/group): a picker sees a set of
// eligible peers and chooses among them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace sluice::balance {

/// What all workers share of one peer, on a cache line of its own. Written with relaxed atomics.
struct alignas(64) PeerLoad {
    std::atomic<std::uint32_t> active{0};  // exchanges under way at this peer, over all workers
};

/// What all workers share of one group: the ticket that makes turns come out right with any number of workers.
struct alignas(64) GroupTurn {
    std::atomic<std::uint64_t> next{0};
};

/// A set of peers by index, one bit each.
class PeerSet {
  public:
    PeerSet() = default;
    explicit PeerSet(std::size_t size);
    std::size_t size() const { return size_; }
    bool contains(std::size_t i) const { return (words()[i / 64] >> (i % 64)) & 1; }
    void insert(std::size_t i) { words()[i / 64] |= std::uint64_t{1} << (i % 64); }
    void erase(std::size_t i) { words()[i / 64] &= ~(std::uint64_t{1} << (i % 64)); }
    void clear();
    bool empty() const;
    std::size_t count() const;
    friend bool operator==(const PeerSet& a, const PeerSet& b);

  private:
    // Up to 64 peers need no memory of their own.
    std::uint64_t* words() { return many_ ? many_.get() : &one_; }
    const std::uint64_t* words() const { return many_ ? many_.get() : &one_; }
    std::size_t size_ = 0;
    std::uint64_t one_ = 0;
    std::unique_ptr<std::uint64_t[]> many_;
};

/// What a picker works on; all spans have one entry per peer of the group and outlive the picker.
struct PickerSetup {
    std::span<const std::uint32_t> weights;  // 1 or more
    std::span<const PeerLoad> loads;
    GroupTurn* turn = nullptr;
};

inline constexpr std::size_t no_peer = SIZE_MAX;

/// One per worker and group; that worker's thread only.
class Picker {
  public:
    virtual ~Picker() = default;

    /// `live`: the peers that are up, not draining, of the tier in use. Called when it changes, which is rare, and once
    /// before the first pick: time to rebuild what depends on it.
    virtual void live_changed(const PeerSet& live) = 0;

    /// A peer of `live` that is not in `excluded` (tried already, or full; nullptr for none, the common case), or
    /// `no_peer` if there is none.
    virtual std::size_t pick(const PeerSet* excluded) = 0;
};

struct Balancer {
    std::string_view name;     // as in the conf and in --balance
    std::string_view summary;  // one line for --help and the reference
    std::unique_ptr<Picker> (*make)(const PickerSetup&);
};

/// Every algorithm.
std::span<const Balancer> balancers();

/// nullptr for an unknown name.
const Balancer* find_balancer(std::string_view name);

}  // namespace sluice::balance
