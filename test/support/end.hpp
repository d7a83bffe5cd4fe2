// One end of a connection in the hands of a test: the other end is the proxy's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::test {

/// A non-blocking socket that moves bytes only when told to. Owns it.
class End {
  public:
    explicit End(int fd) : fd_(fd) {}
    ~End() { close(); }
    End(const End&) = delete;
    End& operator=(const End&) = delete;

    /// Queues; the bytes leave with the next moves.
    void send(std::string_view bytes) { outbox_ += bytes; }

    /// Whether what the proxy sends is taken from the socket.
    void listens(bool yes) { listens_ = yes; }
    void listens_on() { listens_ = listens_on_ = true; }
    bool is_listening_on() const { return listens_on_; }
    /// Neither reads nor writes from now on, and stays open.
    void stalls() { stalled_ = true; }

    /// At most `piece` bytes out, and in if it listens. False: nothing moved.
    bool move(std::size_t piece);

    /// With unread bytes the other side gets ECONNRESET, else an end of stream: AF_UNIX knows no other reset.
    void close();
    void half_close();
    /// Takes what is there, so that close() does not reset.
    void take_all();
    /// Throws away so many of the bytes that come first.
    void skip(std::size_t bytes) { skip_ = bytes; }

    bool is_open() const { return fd_ >= 0; }
    bool is_stalled() const { return stalled_; }
    /// The proxy has sent its end of stream, or broken the connection.
    bool is_ended() const { return ended_; }
    bool is_alive() const { return is_open() && !stalled_; }

    const std::string& sent() const { return sent_; }
    const std::string& received() const { return received_; }
    /// All that the kernel has taken for this end, read or not.
    const std::string& delivered();

  private:
    bool flush(std::size_t piece);
    bool fill(std::size_t piece);
    void peek();

    int fd_;
    std::string outbox_, sent_, received_, delivered_;
    std::size_t skip_ = 0;
    bool listens_ = false, listens_on_ = false, stalled_ = false, ended_ = false, half_closed_ = false;
};

}  // namespace sluice::test
