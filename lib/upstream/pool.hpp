// Connections to peers: made, kept while idle, lent to one exchange at a time.
#pragma once

#include <memory>
#include <vector>

#include "core/failure.hpp"
#include "net/sleep.hpp"
#include "net/stream.hpp"
#include "net/task.hpp"
#include "upstream/group.hpp"

namespace sluice::upstream {

/// Opens a non-blocking socket that is connected, or connecting, to the address. Tests put their own in its place.
using Dial = core::result<int> (*)(const net::Address& to);
core::result<int> dial(const net::Address& to);

struct PoolRule {
    std::size_t keep = 256;  // idle connections per peer and worker
    core::Duration idle = std::chrono::seconds(60);
    core::Duration connect = std::chrono::seconds(60);
    Dial dial = nullptr;  // nullptr: the real one
};

class Pool;

/// A connection to a peer.
class Connection final : net::Waiter {
  public:
    explicit Connection(net::Loop& loop) : stream(loop) {}
    net::Stream stream;
    bool reused = false;

  private:
    friend class Pool;
    // While idle: anything the peer does ends it.
    bool attempt() override { return !stream.quiet(); }
    void fail(net::IoError) override {}
    void finish() override;

    Pool* pool_ = nullptr;
    std::size_t peer_ = 0, place_ = 0;
};

using ConnectionPtr = std::unique_ptr<Connection>;

/// A connect under way, for whoever may want to give it up.
class Connecting {
  public:
    bool is_waiting() const { return stream_ || sleep_; }
    /// Ends the wait with Code::cancelled. Whoever waits goes on at once: nothing may be touched after the call.
    void cancel();

  private:
    friend class Pool;
    net::Stream* stream_ = nullptr;
    net::Sleep* sleep_ = nullptr;
    bool cancelled_ = false;
};

/// All idle connections of one worker to the peers of one group, last in first out. That worker's thread only.
class Pool {
  public:
    Pool(net::Loop& loop, Group& group, PoolRule rule);

    /// A connection that has been idle, or nullptr. `make_sure`: asks the kernel whether the peer has closed it meanwhile
    /// (a system call), for requests that could not be repeated.
    ConnectionPtr take_idle(const Peer& peer, bool make_sure);

    /// Connects. On running out of descriptors closes an idle connection of its own, or waits for one to come free.
    net::Task<core::result<ConnectionPtr>> connect(const Peer& peer, Connecting& connecting);

    /// Takes back a connection that is between two exchanges.
    void put_back(const Peer& peer, ConnectionPtr connection);

    void close_idle();
    std::size_t idle() const { return count_; }

  private:
    friend class Connection;
    void drop(Connection& connection);
    bool drop_any();

    net::Loop& loop_;
    PoolRule rule_;
    std::vector<std::vector<ConnectionPtr>> idle_;  // by peer
    std::size_t count_ = 0;
};

}  // namespace sluice::upstream
