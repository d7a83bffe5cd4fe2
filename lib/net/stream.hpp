// A connected byte stream on a Loop: tries first, waits when it must, never longer than it was told.
#pragma once

#include <sys/uio.h>

#include <boost/system/result.hpp>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "core/failure.hpp"
#include "net/loop.hpp"
#include "tls/engine.hpp"

namespace sluice::net {

/// What a stream knows of a failure; the caller adds whose side and which stage.
struct IoError {
    core::Code code{};
    int os_error = 0;
};
[[noreturn]] inline void throw_exception_from_error(const IoError&, const boost::source_location&) { __builtin_trap(); }

template <class T>
using io_result = boost::system::result<T, IoError>;

/// errno to a Code.
IoError io_error(int os_error);

inline core::Failure at(IoError e, core::Side side, core::Stage stage) { return {e.code, side, stage, e.os_error}; }

/// Something that waits for one direction of a stream. Lives in the coroutine frame (or object) that waits.
class Waiter {
  public:
    /// The direction may be ready: do the work. False: it was not, wait on.
    virtual bool attempt() = 0;
    /// Deadline or cancellation; the outcome is `error`.
    virtual void fail(IoError error) = 0;
    /// After attempt() returned true or fail(): go on. May destroy the waiter and the stream.
    virtual void finish() = 0;

  protected:
    ~Waiter() = default;
};

/// Owns a connected (or connecting) non-blocking socket. One reader and one writer may wait at a time. Must not be
/// destroyed while a coroutine waits on it. The loop's thread only.
class Stream final : public Watched {
  public:
    class Write;
    explicit Stream(Loop& loop);
    ~Stream() override;

    /// Takes over `fd`. `connecting`: writability then tells that connect has ended. False: errno.
    bool open(int fd, bool connecting);
    bool is_open() const { return fd_ >= 0; }
    int fd() const { return fd_; }
    Loop& loop() { return loop_; }

    /// Closes at once. Nobody may be waiting.
    void close();
    /// Has close() end in a reset: the other side must not take what it got for complete.
    void close_with_reset();
    /// Says that no more will come, by FIN or in TLS; reading goes on.
    void shutdown_send();

    /// From now on all that is read and written goes through TLS; handshake() comes next. False: no memory. `first`: bytes
    /// that have been read already.
    bool start_tls(const tls::Engine::Setup& setup, std::span<const char> first = {});
    /// nullptr: a plain connection.
    const tls::Engine* tls() const { return secured_ ? &engine() : nullptr; }
    /// send_file() is possible: nothing is between the file and the socket.
    bool sends_files() const { return !secured_ || is_encrypted_below(); }
    /// The kernel may have taken what it has not given to TCP yet, and would forget with the socket: close() is to wait until
    /// in_flight() has been 0 for a while.
    bool may_be_held_back() const { return secured_ && is_encrypted_below() && is_open() && !broken_ && !aborted_ && !resets_; }
    /// Bytes that TCP has and the other side has not acknowledged.
    std::size_t in_flight() const;
    /// What is known against the certificate of a client of TLS (Engine::doubt_client).
    void doubt_client(std::string why) { engine().doubt_client(std::move(why)); }
    /// The other side has closed a TLS connection without saying that it was done: what came may be not all.
    bool was_cut() const { return cut_; }

    /// One recv. 0: end of stream. would_block() tells the error from others.
    io_result<std::size_t> read_now(std::span<char> room);
    /// One sendmsg of up to all of it.
    io_result<std::size_t> write_now(std::span<const iovec> parts, bool ends = false);
    static bool would_block(const IoError& e) { return e.os_error == 11 /* EAGAIN */; }

    // Awaitables. `within` is how long to wait for the first (read) or each (write) progress.

    /// co_await -> io_result<size_t>: at least one byte, or 0 at the end of the stream.
    auto read_some(std::span<char> room, core::Duration within) { return ReadSome(*this, room, within); }
    /// As far as it goes without waiting; would_block() tells that it is to be gone on with.
    io_result<void> handshake_now();
    /// co_await -> io_result<void>: before a handshake_now() that may sign (Loop::may_take_long).
    auto long_turn(core::Duration within) { return LongTurn(*this, within); }
    /// co_await -> io_result<void>: until both sides of TLS agree. Steps that may sign wait for their turn.
    auto handshake(core::Duration within) { return Handshake(*this, within); }
    /// co_await -> io_result<void>: until a read would not block. Holds no buffer meanwhile.
    auto readable(core::Duration within) { return Readable(*this, within); }
    /// co_await -> io_result<void>: until a write would not block (or connect has ended).
    auto writable(core::Duration within) { return Writable(*this, within); }
    /// co_await -> io_result<void>: until that time has passed (Code::timed_out), or the connection breaks or is aborted. In
    /// the place of a writer.
    auto pause(core::Duration how_long) { return Pause(*this, how_long); }
    /// co_await -> io_result<size_t>: all of `parts`, which is used up: what is left of each says what the kernel has not
    /// taken, and may be moved to another place meanwhile; the bytes written. `ends`: close() or
    /// shutdown_send() follows at once; the FIN then leaves in one segment with the last bytes.
    Write write(std::span<iovec> parts, core::Duration within, bool ends = false);
    class SendFile;
    /// co_await -> io_result<size_t>: `size` bytes of a file from `offset` on, by sendfile(2); Code::end_of_stream: the
    /// file ends earlier. `waits_turn`: others go first.
    SendFile send_file(int file, std::uint64_t offset, std::size_t size, core::Duration within, bool waits_turn);

    /// Waits with an object instead of a coroutine. Replaces nobody: the direction must be free.
    void await_readable(Waiter& waiter, core::Duration within);
    /// Takes the waiting reader's place away without telling it.
    void forget_reader();

    /// Ends the wait of whoever reads or writes with `code`; none waiting: nothing happens.
    void cancel_read(core::Code code);
    void cancel_write(core::Code code);

    /// Ends every wait, and tells whoever asked on_break(), as if the connection had broken.
    void abort();

    /// Called when the connection breaks (reset, not end of stream) while nobody is reading.
    void on_break(Waiter* waiter) { breaker_ = waiter; }

    /// The other side has sent its FIN, or the connection broke; there may still be bytes to read.
    bool ending() const { return ending_; }
    bool broken() const { return broken_; }
    /// A read may find something. Possibly wrong after a read that filled its room exactly; never wrongly false.
    bool input_pending() const { return readable_; }
    /// Asks the kernel (one recv with MSG_PEEK): nothing to read, and not at its end.
    bool quiet();
    bool has_reader() const { return reader_ != nullptr; }
    bool has_writer() const { return writer_ != nullptr; }
    bool is_aborted() const { return aborted_; }

    void on_events(std::uint32_t events) override;
    void on_expiry() override;

  private:
    template <class Result>
    class Await : public Waiter {
      public:
        Await(Stream& stream, core::Duration within) : stream_(stream), within_(within) {}
        void fail(IoError error) final { out_ = error; }
        void finish() final { waiting_.resume(); }
        Result await_resume() { return out_; }

      protected:
        ~Await() = default;
        Stream& stream_;
        core::Duration within_;
        Result out_;
        std::coroutine_handle<> waiting_;
    };

    /// In the place of the reader.
    template <class Result>
    class AwaitReadable : public Await<Result> {
      public:
        using Await<Result>::Await;
        bool await_ready() { return this->stream_.loop_.spend() && this->attempt(); }
        void await_suspend(std::coroutine_handle<> h) {
            this->waiting_ = h;
            this->stream_.wait_read(*this, this->within_);
        }

      protected:
        ~AwaitReadable() = default;
    };

    class ReadSome final : public AwaitReadable<io_result<std::size_t>> {
      public:
        ReadSome(Stream& s, std::span<char> room, core::Duration within) : AwaitReadable(s, within), room_(room) {}
        bool attempt() override;

      private:
        std::span<char> room_;
    };

    class Handshake final : public AwaitReadable<io_result<void>> {
      public:
        using AwaitReadable::AwaitReadable;
        bool attempt() override;
    };

    class LongTurn final : public AwaitReadable<io_result<void>> {
      public:
        using AwaitReadable::AwaitReadable;
        bool attempt() override { return stream_.loop_.may_take_long(stream_.fd_); }
    };

    class Readable final : public AwaitReadable<io_result<void>> {
      public:
        using AwaitReadable::AwaitReadable;
        bool attempt() override { return stream_.readable_; }
    };

    class Writable final : public Await<io_result<void>> {
      public:
        using Await::Await;
        bool await_ready() { return attempt(); }
        void await_suspend(std::coroutine_handle<> h) {
            waiting_ = h;
            stream_.wait_write(*this, within_);
        }
        bool attempt() override { return stream_.writable_; }
    };

    class Pause final : public Await<io_result<void>> {
      public:
        using Await::Await;
        bool await_ready() { return attempt(); }
        void await_suspend(std::coroutine_handle<> h) {
            waiting_ = h;
            stream_.wait_time(*this, within_);
        }
        bool attempt() override { return stream_.broken_; }
    };

    class Secured;
    bool has_unsent() const { return secured_ && engine_has_unsent(); }
    bool engine_has_unsent() const;
    bool is_encrypted_below() const;
    bool engine_has_failed() const;
    tls::Engine& engine() const;
    io_result<std::size_t> read_secured(std::span<char> room);
    io_result<std::size_t> write_secured(std::span<const iovec> parts, bool ends);
    io_result<std::size_t> outcome_of(const tls::Step& step);
    bool quiet_secured();
    void fill_secured();
    void end_secured();
    void acknowledge();

    void wait_time(Waiter& waiter, core::Duration how_long);
    void wait_read(Waiter& waiter, core::Duration within);
    void wait_write(Waiter& waiter, core::Duration within);
    void arm(core::Instant expiry) {
        if (expiry < Timer::expiry()) loop_.wheel().arm(*this, expiry);
    }
    void watch_room();
    void run(Waiter*& place, core::Instant& expiry);
    static void end(Waiter*& place, core::Instant& expiry, IoError error);

    Loop& loop_;
    std::unique_ptr<Secured> secured_;
    Waiter* reader_ = nullptr;
    Waiter* writer_ = nullptr;
    Waiter* breaker_ = nullptr;
    core::Instant read_expiry_ = core::never, write_expiry_ = core::never;
    int fd_ = -1;
    bool readable_ = false, writable_ = false, ending_ = false, broken_ = false, watches_out_ = false, aborted_ = false;
    bool reader_wants_room_ = false, cut_ = false, resets_ = false;
};

/// A write of several parts under way; see Stream::write().
class Stream::Write final : public Await<io_result<std::size_t>> {
  public:
    Write(Stream& s, std::span<iovec> parts, core::Duration within, bool ends) : Await(s, within), parts_(parts), ends_(ends) {}
    bool await_ready() { return stream_.loop_.spend() && attempt(); }
    void await_suspend(std::coroutine_handle<> h) {
        waiting_ = h;
        stream_.wait_write(*this, within_);
    }
    bool attempt() override;

    /// Bytes written so far.
    std::size_t done() const { return done_; }

  private:
    void advance(std::size_t n);
    std::span<iovec> parts_;
    std::size_t done_ = 0;
    bool ends_;
};

class Stream::SendFile final : public Await<io_result<std::size_t>> {
  public:
    SendFile(Stream& s, int file, std::uint64_t offset, std::size_t size, core::Duration within, bool waits_turn)
        : Await(s, within), file_(file), offset_(offset), size_(size), waits_turn_(waits_turn) {}
    bool await_ready() { return !waits_turn_ && stream_.loop_.spend() && attempt(); }
    void await_suspend(std::coroutine_handle<> h) {
        waiting_ = h;
        stream_.wait_write(*this, within_);
    }
    bool attempt() override;

    /// Bytes sent so far.
    std::size_t done() const { return done_; }

  private:
    int file_;
    std::uint64_t offset_;
    std::size_t size_, done_ = 0;
    bool waits_turn_;
};

inline Stream::SendFile Stream::send_file(int file, std::uint64_t offset, std::size_t size, core::Duration within, bool waits_turn) {
    return SendFile(*this, file, offset, size, within, waits_turn);
}

inline Stream::Write Stream::write(std::span<iovec> parts, core::Duration within, bool ends) { return Write(*this, parts, within, ends); }

inline iovec part(std::string_view s) { return {const_cast<char*>(s.data()), s.size()}; }
inline iovec part(std::span<const char> s) { return {const_cast<char*>(s.data()), s.size()}; }

}  // namespace sluice::net
