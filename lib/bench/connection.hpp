// One connection of a load: it is made, sends a request, reads the answer, and tells its owner what came of it.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "bench/answer.hpp"
#include "bench/client_tls.hpp"
#include "bench/histogram.hpp"
#include "bench/plan.hpp"
#include "bench/tally.hpp"

namespace sluice::bench {

/// Nanoseconds of the monotonic clock.
std::int64_t now_ns();

/// A request that is to be made.
struct Job {
    std::int64_t due = 0;  // ns
    std::uint32_t phase = 0;
    std::uint32_t request = 0;  // index into the plan's
};

/// What came of a job.
struct Done {
    std::int64_t began = 0, ended = 0;  // ns
    int status = 0;                     // of a whole answer
    std::optional<Trouble> trouble;     // why there is none
};

/// What all connections of a thread share.
struct Wiring {
    const Plan& plan;
    std::deque<ClientTls> tls;  // one per origin
    Tally tally = {};           // of what belongs to no phase: connections, bytes
    Histogram connect_times = {};
    std::array<std::string, troubles> words = {};             // why, the first time
    std::vector<char> large = std::vector<char>(256 * 1024);  // for bodies, one read at a time
};

class Connection;

class ConnectionOwner {
  public:
    /// The connection is free: give it the next job, or not.
    virtual void done(Connection& connection, const Job& job, const Done& done) = 0;
    /// After prepare(): it is made, or could not be.
    virtual void prepared(Connection& connection, bool made) = 0;

  protected:
    ~ConnectionOwner() = default;
};

/// Lives on its thread's io_context. One job at a time; every operation under way is counted, and what comes after a
/// close waits until they have all ended.
class Connection {
  public:
    using Socket =
        boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, boost::asio::io_context::executor_type>;

    Connection(boost::asio::io_context& context, Wiring& wiring, ConnectionOwner& owner, std::size_t origin);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void prepare();
    void start(const Job& job);
    /// Ends a job whose deadline has passed.
    void check(std::int64_t now);
    /// For good: nothing is told of a job under way.
    void abandon();

  private:
    enum class State : std::uint8_t { closed, connecting, shaking, idle, busy, closing };
    enum class After : std::uint8_t { nothing, tell, again };

    void connect();
    void on_connected(boost::system::error_code error);
    void shake_hands();
    void on_ready();
    void send();
    void write(const char* bytes, std::size_t size);
    void read();
    void on_read(boost::system::error_code error, std::size_t size);
    /// The answer's next bytes; false: the job is over.
    bool take(const char* bytes, std::size_t size);
    void on_end(boost::system::error_code error);
    void complete();
    void fail(Trouble trouble, boost::system::error_code why = {});
    void close(After after);
    void settle();
    void tell();
    /// An operation has ended. False: the connection is being closed, and the caller returns.
    bool returned();
    const Request& request() const { return wiring_.plan.requests[job_->request]; }

    boost::asio::io_context& context_;
    Wiring& wiring_;
    ConnectionOwner& owner_;
    const std::size_t origin_;
    Socket socket_;
    std::unique_ptr<boost::asio::ssl::stream<Socket&>> tls_;
    State state_ = State::closed;
    After after_ = After::nothing;
    unsigned under_way_ = 0;
    bool writing_ = false, retried_ = false, last_ = false, abandoned_ = false;
    std::uint32_t served_ = 0;  // answers on this connection
    std::optional<Job> job_;
    Done done_;
    std::int64_t connect_began_ = 0, deadline_ = INT64_MAX;
    std::optional<Answer> answer_;
    std::vector<char> buffer_;
    std::size_t held_ = 0;   // bytes in the buffer that the answer has not taken yet
    bool anything_ = false;  // has come of the answer
};

}  // namespace sluice::bench
