// A blocking socket for tests: raw bytes, and a deadline on everything.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::test {

/// How long anything may take before a test fails: long, since it only matters when something is broken.
inline constexpr std::chrono::seconds patience{20};

/// The other side ended the connection where more was due.
struct Closed : std::runtime_error {
    using std::runtime_error::runtime_error;
};
struct TimedOut : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// How a connection came to its end.
enum class Ending { closed, reset };

/// Owns a connected socket. One thread at a time.
class Socket {
  public:
    explicit Socket(int fd) : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)), unread_(std::move(other.unread_)) {}
    Socket& operator=(Socket&& other) noexcept;
    ~Socket() { close(); }

    /// "127.0.0.1:80", "[::1]:80", "unix:/path". Throws Closed if nobody listens there.
    static Socket connect(const std::string& address);

    int fd() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }

    /// All of it. Throws Closed if the other side has gone.
    void send(std::string_view bytes);
    /// What fits without waiting; 0 if nothing does. Throws Closed.
    std::size_t send_some(std::string_view bytes);
    /// False: no room came within `time`.
    bool wait_for_room(std::chrono::milliseconds time);
    /// Has the kernel take little for us while nobody reads: the other side is then soon held up. Buffers of their
    /// usual size (tens of megabytes) overflow, and the stream then waits for retransmission timers that have grown
    /// long.
    void take_little();
    void shutdown_send();
    /// Closes so that the other side sees a reset.
    void reset();
    void close();

    /// What is there, at least a byte; "" at the end. Throws Closed on a reset.
    std::string read_some();
    std::string read_until(std::string_view end);
    std::string read_exactly(std::size_t size);
    /// Everything up to the end, and how that came.
    std::pair<std::string, Ending> read_to_end();
    /// Waits for the end; true if it comes in order and with no byte before it.
    bool ends() { return read_to_end() == std::pair<std::string, Ending>("", Ending::closed); }
    /// Puts back bytes that were read too far.
    void unread(std::string bytes) { unread_.insert(0, bytes); }

  private:
    void wait(short events);
    int fd_;
    std::string unread_;
};

}  // namespace sluice::test
