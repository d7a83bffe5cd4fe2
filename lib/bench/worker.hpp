// One thread of a run: its share of the connections and of the schedule.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <vector>

#include "bench/board.hpp"
#include "bench/connection.hpp"
#include "bench/result.hpp"
#include "bench/turns.hpp"

namespace sluice::bench {

/// What the threads of a run share.
struct Shared {
    const Plan& plan;
    const Schedule& schedule;
    const std::vector<std::uint32_t>& row;
    Board& board;
    double counted_from;                       // seconds from the start
    std::atomic<std::uint64_t> taken{0};       // requests, toward the limit
    std::atomic<std::int64_t> start{0};        // ns; 0: not yet
    std::atomic<unsigned> ready{0}, ended{0};  // threads
};

class Worker;

/// Somebody who makes one request after the other: at most one connection to each origin, of which one is in use.
class Client final : public ConnectionOwner {
  public:
    /// `number`: among the clients of all threads.
    Client(Worker& worker, std::uint32_t its_number) : number(its_number), worker_(worker) {}

    void done(Connection& connection, const Job& job, const Done& done) override;
    void prepared(Connection& connection, bool made) override;

    const std::uint32_t number;
    std::vector<std::unique_ptr<Connection>> connections;  // by origin; made when needed
    bool busy = false;
    std::int64_t rests_until = 0;  // ns: after it could not connect

  private:
    Worker& worker_;
};

/// Made and read by the thread of the run, all else on its own thread.
class Worker {
  public:
    Worker(Shared& shared, unsigned number);

    /// What is wrong with the settings of TLS, or "".
    std::string prepare();
    /// Connects, says so in Shared::ready, waits for Shared::start, and makes requests until all is done.
    void run();
    /// From any thread: ends at once with what there is.
    void stop();

    /// After run(): of each phase of the schedule.
    const std::vector<Part>& parts() const { return parts_; }
    const Histogram& connect_times() const { return wiring_.connect_times; }
    const Tally& tally() const { return wiring_.tally; }
    const std::array<std::string, troubles>& words() const { return wiring_.words; }
    double cpu() const { return cpu_; }
    double busy() const { return busy_; }
    /// ns: the last answer.
    std::int64_t last_end() const { return last_end_; }

    void done(Client& client, const Job& job, const Done& done);
    void prepared();

  private:
    void connect_next();
    void await_start();
    void begin();
    void tick();
    void arrive();
    void aim();
    void dispatch();
    void drop_impatient(std::int64_t now);
    void check_deadlines(std::int64_t now);
    void wake_clients(std::int64_t now);
    void give(Client& client, const Job& job);
    Connection& connection_of(Client& client, std::size_t origin);
    void count(const Job& job, const Done& done);
    void report(std::int64_t now);
    void end_if_done(std::int64_t now);
    void finish();
    bool may_take();
    double seconds(std::int64_t now) const { return static_cast<double>(now - start_) * 1e-9; }
    std::int64_t patience() const { return static_cast<std::int64_t>(shared_.plan.timeout * 1e9); }

    Shared& shared_;
    const unsigned number_;
    boost::asio::io_context context_{1};
    boost::asio::steady_timer timer_{context_}, arrivals_timer_{context_};
    Wiring wiring_;
    std::deque<Client> clients_;
    std::deque<Client*> free_;  // open loop: the one that has been free longest is first
    Turns turns_;
    Arrivals arrivals_;
    std::optional<Schedule::Due> next_;
    std::deque<Job> waiting_;
    std::vector<Part> parts_;
    Window window_;
    std::int64_t window_number_ = 0, start_ = 0, last_end_ = 0;
    std::size_t connected_ = 0, unprepared_ = 0;
    std::uint64_t under_way_ = 0, ticks_ = 0;
    bool ready_ = false, exhausted_ = false, ending_ = false;
    double cpu_at_start_ = 0, cpu_ = 0, busy_ = 0;
};

}  // namespace sluice::bench
