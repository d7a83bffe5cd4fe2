// Connections to peers: made, kept while idle, lent to one exchange at a time.
#pragma once

#include <memory>
#include <vector>

#include "core/failure.hpp"
#include "net/sleep.hpp"
#include "net/stream.hpp"
#include "net/task.hpp"
#include "upstream/dial.hpp"
#include "upstream/group.hpp"
#include "upstream/sessions.hpp"

namespace sluice::upstream {

class Pool;

/// A connection to a peer.
class Connection final : net::Waiter {
  public:
    explicit Connection(net::Loop& loop) : stream(loop) {}
    net::Stream stream;
    bool reused = false;
    std::shared_ptr<PeerSession> session;  // of TLS
    std::uint64_t requests = 0;  // that it has carried
    core::Instant made;

  private:
    friend class Pool;
    // While idle: anything the peer does ends it.
    bool attempt() override { return !stream.quiet(); }
    void fail(net::IoError) override {}
    void finish() override;

    Pool* pool_ = nullptr;
    std::size_t endpoint_ = 0, place_ = 0;
    bool was_made(const DialOptions& how) const { return from_ == how.from && tls_ == how.tls && tls_name_ == how.tls_name; }
    net::Address from_;  // DialOptions::from and so on
    std::uint64_t tls_ = 0;
    std::string tls_name_;
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

/// All idle connections of one worker to all peers, last in first out. That worker's thread only.
class Pool {
  public:
    explicit Pool(net::Loop& loop, Dial how = dial) : loop_(loop), dial_(how) {}

    /// A connection that has been idle, or nullptr. `make_sure`: asks the kernel whether the peer has closed it meanwhile
    /// (a system call), for requests that could not be repeated. `how`: as it was made.
    ConnectionPtr take_idle(const Peer& peer, bool make_sure, const DialOptions& how = {});

    /// Connects within `timeout`. On running out of descriptors closes an idle connection of its own, or waits for one to
    /// come free.
    net::Task<core::result<ConnectionPtr>> connect(const Peer& peer, core::Duration timeout, Connecting& connecting,
                                               DialOptions how = {});

    /// Takes back a connection that is between two exchanges, if the rule lets it live on.
    void put_back(const Peer& peer, const KeepRule& rule, ConnectionPtr connection);

    PeerSessions& sessions() { return sessions_; }

    void close_idle();
    std::size_t idle() const { return count_; }
    std::size_t idle(const Peer& peer) const { return peer.endpoint < idle_.size() ? idle_[peer.endpoint].size() : 0; }

  private:
    friend class Connection;
    std::vector<ConnectionPtr>& shelf(const Peer& peer) {
        if (peer.endpoint >= idle_.size()) idle_.resize(peer.endpoint + 1);
        return idle_[peer.endpoint];
    }
    ConnectionPtr take_last(std::vector<ConnectionPtr>& idle, const DialOptions& how);
    void drop(Connection& connection);
    bool drop_any();

    net::Loop& loop_;
    Dial dial_;
    PeerSessions sessions_;
    std::vector<std::vector<ConnectionPtr>> idle_;  // by endpoint
    std::size_t count_ = 0;
};

}  // namespace sluice::upstream
