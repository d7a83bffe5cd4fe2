// A worker of the proxy in the test's own thread, with a clock set by hand, and both its sides in the test's hands:
// no threads, no ports, no sleeping. Connections are socketpairs.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "server/worker.hpp"
#include "support/end.hpp"
#include "support/slow_disk.hpp"
#include "support/temporary.hpp"

namespace sluice::test {

/// What a new connection to a peer meets.
enum class Dialled {
    accepted,
    refused,
    no_descriptors,
    pending,  // neither accepted nor refused
};

struct Setup {
    enum class Log {
        none,
        written,  // at once
        stuck,    // nobody takes the lines
    };
    enum class Spare {
        refuse,
        answer,  // 200 with the body Sim::spare_body to whatever they are asked
    };
    Log log = Log::written;
    Spare spare = Spare::answer;            // what connections to peers do that no script speaks of
    std::size_t scripted_peers = SIZE_MAX;  // how many a script speaks of
    std::size_t peers = 3;
    std::size_t piece = SIZE_MAX;  // bytes that an end moves at a time
    int send_buffer = 0;           // SO_SNDBUF of the proxy's sockets; 0: the kernel's
    bool buffers = false;  // bodies may be held, in memory and on disk
    std::string site;  // directives for the server block
};

class Sim {
  public:
    static constexpr std::string_view spare_body = "spare";

    explicit Sim(const Setup& setup);
    ~Sim();
    Sim(const Sim&) = delete;
    Sim& operator=(const Sim&) = delete;

    /// A new client.
    End& connect();
    /// The client of this number, connected at its first mention.
    End& client(std::size_t number);
    std::size_t clients() const { return clients_.size(); }

    /// The connection to a peer that was dialled as the `number`th; nullptr: not yet.
    End* peer(std::size_t number) { return number < peers_.size() ? peers_[number].get() : nullptr; }
    std::size_t peers() const { return peers_.size(); }
    /// The last one dialled that a script speaks of.
    End* last_peer();

    /// What the next dials meet, one entry each; then `always`.
    void next_dials(std::deque<Dialled> outcomes, Dialled always = Dialled::accepted);
    /// This peer answers from now on what it is asked, as a spare one does, if it has said nothing yet.
    void improvise(std::size_t peer);
    /// Accepts what is pending.
    void accept_pending();

    /// Moves bytes and takes turns until nothing happens any more. False: it would not end.
    bool settle();
    void advance(core::Duration by) { clock_.advance(by); }
    /// Advances in small steps with everything settled after each.
    bool pass(core::Duration time);

    SlowDisk& disk() { return disk_; }
    bool log_is_stuck() const { return setup_.log == Setup::Log::stuck; }
    server::Worker& worker() { return *worker_; }
    /// As in Worker::run(): no turn is taken after a stop.
    bool is_running() const { return worker_ && !worker_->loop().stopped(); }
    upstream::Group& group() { return *deployed_.snapshot->groups.front(); }
    /// Frees the worker; what it leaves behind shows afterwards.
    void end_worker();

    /// Has `hook` called before and after each turn of the loop, with whether it begins.
    void around_turns(void (*hook)(bool begins)) { around_turns_ = hook; }

    /// Access log so far: a line per request.
    std::vector<std::string> records();
    std::string errors();

    /// What should not be, in words; "": all is well. `idle`: every client is gone, so nothing may be left at all.
    std::string what_leaks(bool idle);

  private:
    void deploy();
    static core::result<int> dial_scripted(const net::Address& to, const upstream::DialOptions& how);
    core::result<int> dial();
    int make_pair(std::unique_ptr<End>& ours);
    bool move();
    bool turn();
    void answer_spares();
    void read_logs(bool also_stuck = false);

    static thread_local Sim* current_;
    Setup setup_;
    core::ManualClock clock_;
    observe::LogWriter writer_;  // never started: its channels are plain rings
    SlowDisk disk_;
    std::unique_ptr<Temporary> folder_;  // for files of bodies
    server::Shared shared_;
    server::Deployed deployed_;
    net::Address client_address_;
    server::ListenAddress where_;
    std::ptrdiff_t frames_before_;
    std::unique_ptr<server::Worker> worker_;
    std::vector<std::unique_ptr<End>> clients_, peers_;
    std::map<End*, std::size_t> pending_;  // with the bytes that keep them from being writable
    std::vector<std::size_t> answered_;    // per peer: bytes of requests that a spare has answered
    std::set<std::size_t> improvising_;
    std::deque<Dialled> dials_;
    Dialled always_ = Dialled::accepted;
    void (*around_turns_)(bool begins) = [](bool) {};
    std::string access_text_, error_text_;
};

}  // namespace sluice::test
