// A worker: one thread, one loop, its own listeners, clients, pools, logs.
#pragma once

#include <boost/intrusive/list.hpp>
#include <deque>
#include <list>
#include <memory>
#include <vector>

#include "proxy/service.hpp"
#include "server/client.hpp"
#include "server/listen_table.hpp"
#include "server/listener.hpp"

namespace sluice::server {

/// A configuration with what it takes to run it; posted to every worker.
struct Deployed {
    std::shared_ptr<const route::Snapshot> snapshot;
    std::vector<std::shared_ptr<observe::LogFile>> files;  // as in Snapshot::files
};

/// What all workers share; outlives them.
struct Shared {
    const core::Clock& clock;
    observe::LogWriter& logs;
    spool::Executor& spool;
    upstream::Dial dial = upstream::dial;
    int descriptor_limit = 0;  // accepting pauses when descriptors get this high
    std::atomic<std::uint64_t> connections{0};  // ever accepted
    std::vector<std::unique_ptr<class Worker>> workers = {};
    std::atomic<std::int64_t> told_paused{0};  // when it was last said that accepting pauses, microseconds; 0: never
    const exchange::Census* census = nullptr;
    class OcspDesk* ocsp = nullptr;  // who looks up clients' certificates; on the control thread
};

/// Everything but the members marked so belongs to the thread that calls run().
class Worker final : net::TurnEnd {
  public:
    Worker(Shared& shared, const Deployed& deployed);
    ~Worker();

    /// Before run(), or on its thread: listens on `fd`, which is the worker's from now on.
    void listen(int fd, const ListenAddress& where, bool shared);
    /// On its thread: no longer listens there; what waits in the queue is taken, who is idle is sent away.
    void stop_listening(const ListenAddress& where);

    /// On its thread: the next request is served by this one; those under way finish by the one they began with.
    void adopt_conf(const Deployed& deployed);

    /// On its thread: breaks off the requests that are still under way under that configuration.
    void abort_users_of(const route::Snapshot& snapshot);

    /// Holds a configuration for the time of an exchange.
    class Use {
      public:
        explicit Use(Worker& worker) : worker_(worker), conf_(*worker.conf_) { ++conf_.users; }
        ~Use() { worker_.release(conf_); }
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;
        proxy::Configured& operator*() const { return conf_; }
        proxy::Configured* operator->() const { return &conf_; }

      private:
        Worker& worker_;
        proxy::Configured& conf_;
    };
    route::Tools& tools() { return tools_; }
    observe::Logs& logs() { return logs_; }
    const proxy::Configured& conf() const { return *conf_; }
    /// How long a new client may take for its first request.
    core::Duration first_wait(const ListenAddress& where) const;
    /// To the error logs of the main level; on its thread.
    void tell(exchange::Level level, std::string_view text) { tell(level, observe::ErrorEntry{.text = text}); }
    void tell(exchange::Level level, const observe::ErrorEntry& entry);

    void run() { loop_.run(); }

    /// Any thread: stops accepting, finishes what is under way, then run() returns.
    void drain();
    /// Any thread: breaks everything off; run() returns.
    void stop();

    /// Written by its thread only; read by any.
    exchange::Counters& counters() { return counters_; }
    const exchange::Counters& counters() const { return counters_; }

    /// Clients now connected; any thread.
    std::uint32_t connections() const { return connections_.load(std::memory_order_relaxed); }

    net::Loop& loop() { return loop_; }
    proxy::Service& service() { return service_; }
    OcspDesk& ocsp() { return *shared_.ocsp; }
    bool draining() const { return service_.draining; }
    int descriptor_limit() const { return shared_.descriptor_limit; }
    std::size_t idle_connections() const { return pool_.idle(); }

    /// A connection accepted here: kept, or handed to a worker that has clearly fewer. `local` outlives it.
    void take(int fd, const net::Address& from, const ListenAddress& local);
    /// Serves a connected client, which is counted in connections() already. `local` outlives it.
    void adopt(int fd, const net::Address& from, const ListenAddress& local);
    /// The client's connection is over: closed when its log lines are written, and freed.
    void retire(Client& client);
    void tell_paused(int error);
    /// Their descriptors are wanted, maybe by another worker.
    void close_idle_peers() { pool_.close_idle(); }

  private:
    struct Closing {
        std::unique_ptr<Client> client;
        std::uint64_t position;  // of the access log
        core::Instant give_up;
    };
    struct Alarm final : core::Timer {  // its going off is enough: a turn ends after it
        void on_expiry() override {}
    };
    Worker& least_busy();
    bool hand_over(Worker& to, int fd, const net::Address& from, const ListenAddress& local);
    void release(proxy::Configured& conf);
    /// Its log lines are written: closes it, or lets it linger first.
    void end(std::unique_ptr<Client> client);
    void dispose(std::unique_ptr<Client> client);
    void begin_drain();
    void stop_now();
    void abort_clients();
    template <class Condition>
    void abort_if(Condition is_to_go);
    void on_turn_end() override;

    Shared& shared_;
    const unsigned number_;  // among shared_.workers
    net::Loop loop_;
    observe::Logs logs_;
    core::Rng rng_;
    upstream::Pool pool_;
    route::Tools tools_;
    spool::Disk disk_;
    std::list<std::unique_ptr<proxy::Configured>> confs_;  // those in use, the current one last
    proxy::Configured* conf_ = nullptr;
    proxy::Service service_;
    std::list<Listener> listeners_;
    boost::intrusive::list<Client> clients_;
    static constexpr std::uint64_t never_stuck = UINT64_MAX;
    std::deque<Closing> closing_;
    std::uint64_t stuck_at_ = never_stuck;  // the log had come this far when a connection gave up waiting for it
    Alarm closing_alarm_;
    bool stopping_ = false, paused_ = false;
    exchange::Counters counters_;
    alignas(64) std::atomic<std::uint32_t> connections_{0};  // those of this worker, and those on their way to it
    std::atomic<bool> takes_over_{true};                     // other workers may hand connections to this one
};

}  // namespace sluice::server
