// TLS on a stream: the engine is fed straight from the socket and to it.
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <utility>

#include "net/kernel_tls.hpp"
#include "net/stream.hpp"
#include "net/system_calls.hpp"

namespace sluice::net {

using core::Code;
using tls::Outcome;
using tls::Step;

/// The socket as the engine sees it. Knows when there is nothing to read, so that OpenSSL's asking once more costs no
/// system call.
class Stream::Secured final : public tls::Transport {
  public:
    Secured(Stream& stream, const tls::Engine::Setup& setup) : engine(setup, *this), stream_(stream), full_(stream.readable_) {}

    ssize_t receive(std::span<char> room) override {
        if (is_dry()) {
            errno = EAGAIN;
            return -1;
        }
        for (;;) {
            const ssize_t n = net::receive(stream_.fd_, room);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0 ? errno == EAGAIN : static_cast<std::size_t>(n) < room.size() && !stream_.ending_) full_ = false;
            if (n > 0) answered_ = false;
            return n;
        }
    }
    ssize_t send(std::span<const char> bytes, bool more) override {
        return go_on_sending([&] { return transmit(stream_.fd_, bytes, more ? MSG_NOSIGNAL | MSG_MORE : MSG_NOSIGNAL); });
    }
    bool encrypt(std::span<const char> keys) override { return encrypt_in_kernel(stream_.fd_, keys); }
    ssize_t send_parts(std::span<const iovec> parts) override {
        return go_on_sending([&] { return transmit(stream_.fd_, parts, MSG_NOSIGNAL); });
    }
    ssize_t send_record(unsigned char type, std::span<const char> content) override {
        return go_on_sending([&] { return net::send_record(stream_.fd_, type, content); });
    }
    bool is_dry() const override { return !full_; }
    void fill() { full_ = true; }
    bool has_answered() const { return answered_; }

    tls::Engine engine;

  private:
    ssize_t go_on_sending(auto&& send) {
        for (;;) {
            const ssize_t n = send();
            if (n < 0 && errno == EINTR) continue;
            if (n < 0 && errno == EAGAIN) stream_.writable_ = false;
            if (n > 0) answered_ = true;
            return n;
        }
    }

    Stream& stream_;
    bool full_;  // the socket may have something
    bool answered_ = true;  // the last that went over the socket was sent, and says what has come
};

Stream::Stream(Loop& loop) : loop_(loop) {}
Stream::~Stream() { close(); }

bool Stream::start_tls(const tls::Engine::Setup& setup, std::span<const char> first) {
    secured_ = std::make_unique<Secured>(*this, setup);
    if (!engine().ok()) return false;
    engine().begin_with(first);
    if (!setup.server || !first.empty()) readable_ = true;  // the first step needs nothing from the socket
    return true;
}

tls::Engine& Stream::engine() const { return secured_->engine; }

bool Stream::is_encrypted_below() const { return engine().is_encrypted_below(); }

bool Stream::engine_has_unsent() const { return engine().has_unsent(); }

bool Stream::engine_has_failed() const { return engine().has_failed(); }

void Stream::fill_secured() { secured_->fill(); }

void Stream::end_secured() {
    // Whoever is to see that the answer is not whole must not be told that it is.
    if (secured_ && !broken_ && !aborted_ && !resets_) engine().close_notify();
}

/// Of a step that has not gone on. An end is 0 bytes.
io_result<std::size_t> Stream::outcome_of(const Step& step) {
    reader_wants_room_ = false;
    switch (step.outcome) {
        case Outcome::done:
            return step.size;
        case Outcome::want_read:
            readable_ = !secured_->is_dry();
            return io_error(EAGAIN);
        case Outcome::want_write:
            reader_wants_room_ = true;
            readable_ = false;  // until there is room
            watch_room();
            return io_error(EAGAIN);
        case Outcome::cut:
            cut_ = true;
            [[fallthrough]];
        case Outcome::end:
            readable_ = true;  // and will be for ever
            return std::size_t{0};
        case Outcome::broken:
            return io_error(step.os_error);
        case Outcome::failed:
            break;
    }
    return IoError{engine().refused_certificate() ? Code::bad_certificate : Code::bad_tls, 0};
}

io_result<void> Stream::handshake_now() {
    if (!readable_) return io_error(EAGAIN);
    const Step step = engine().handshake();
    const auto out = outcome_of(step);
    if (!out) return out.error();
    if (step.outcome != Outcome::done) return IoError{Code::end_of_stream, 0};
    readable_ = engine().has_input() || !secured_->is_dry();
    if (!readable_ && !secured_->has_answered()) acknowledge();
    return {};
}

/// A client whose last message of the handshake nothing answers (there is no ticket for it) may hold its request back
/// until it is acknowledged (RFC 896), which the kernel would put off for 40 ms.
void Stream::acknowledge() {
    const int now = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_QUICKACK, &now, sizeof now);
}

bool Stream::Handshake::attempt() {
    if (!stream_.readable_) return false;
    if (stream_.engine().next_takes_long() && !stream_.loop_.may_take_long(stream_.fd_)) return false;
    out_ = stream_.handshake_now();
    return out_ || !would_block(out_.error());
}

io_result<std::size_t> Stream::read_secured(std::span<char> room) {
    const Step step = engine().read(room);
    // An end that came with the last bytes may be said by nobody any more.
    if (step.outcome == Outcome::done) readable_ = step.size == room.size() || engine().is_over() || !secured_->is_dry() || engine().has_input();
    return outcome_of(step);
}

bool Stream::quiet_secured() {
    secured_->fill();  // asks the kernel, whatever is known
    const auto found = outcome_of(engine().peek());
    readable_ = found || !would_block(found.error());
    // What the kernel had the engine has now: nothing else will tell of it.
    if (readable_ && reader_) loop_.again(fd_, 0);
    return !readable_;
}

io_result<std::size_t> Stream::write_secured(std::span<const iovec> parts, bool ends) {
    const Step step = engine().write(parts, loop_.now(), ends);
    if (step.outcome == Outcome::done || step.size > 0) return step.size;
    if (step.outcome == Outcome::want_write) {
        writable_ = false;
        return io_error(EAGAIN);
    }
    const auto out = outcome_of(step);
    if (!out) return out.error();
    return IoError{Code::reset, EPIPE};  // written after the end
}

}  // namespace sluice::net
