#include "net/stream.hpp"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <cerrno>

#include "net/system_calls.hpp"

namespace sluice::net {

using core::Code;

IoError io_error(int os_error) {
    switch (os_error) {
        case ECONNREFUSED:
        case ENOENT:  // a Unix socket that is not there
            return {Code::refused, os_error};
        case ECONNRESET:
        case EPIPE:
        case ECONNABORTED:
            return {Code::reset, os_error};
        case EHOSTUNREACH:
        case ENETUNREACH:
        case EHOSTDOWN:
        case ENETDOWN:
        case EADDRNOTAVAIL:
            return {Code::unreachable, os_error};
        case ETIMEDOUT:
            return {Code::timed_out, os_error};
        case EMFILE:
        case ENFILE:
            return {Code::no_descriptors, os_error};
        default:
            return {Code::system, os_error};
    }
}

namespace {
// EPOLLRDHUP tells an end of stream that came with the last bytes: a short read then needs no second recv to find it.
constexpr std::uint32_t read_events = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t both_events = read_events | EPOLLOUT;
}  // namespace

bool Stream::open(int fd, bool connecting) {
    // Writability of an accepted socket is taken for granted: asking for it costs a wake-up at once. It is asked for
    // when a write has blocked.
    if (!loop_.watch(fd, *this, connecting ? both_events : read_events)) return false;
    fd_ = fd;
    watches_out_ = connecting;
    writable_ = !connecting;
    readable_ = ending_ = broken_ = false;
    return true;
}

void Stream::close() {
    if (fd_ < 0) return;
    end_secured();
    loop_.unwatch(fd_);
    core::Wheel::disarm(*this);
    ::close(std::exchange(fd_, -1));
    reader_ = writer_ = breaker_ = nullptr;
}

void Stream::close_with_reset() {
    const linger hard{1, 0};
    resets_ = true;
    if (fd_ >= 0) setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

void Stream::shutdown_send() {
    if (fd_ < 0) return;
    if (secured_) engine().close_notify();
    if (!may_be_held_back()) ::shutdown(fd_, SHUT_WR);  // after it, the kernel could not give TCP any more
}

std::size_t Stream::in_flight() const {
    int bytes = 0;
    return ioctl(fd_, SIOCOUTQ, &bytes) == 0 ? static_cast<std::size_t>(bytes) : 0;
}

io_result<std::size_t> Stream::read_now(std::span<char> room) {
    if (secured_) return read_secured(room);
    for (;;) {
        const ssize_t n = receive(fd_, room);
        if (n >= 0) {
            // A short read has emptied the socket; what comes later raises a new edge. An end already announced does not.
            if (static_cast<std::size_t>(n) < room.size() && !ending_) readable_ = false;
            return static_cast<std::size_t>(n);
        }
        if (errno == EINTR) continue;
        if (errno == EAGAIN) readable_ = false;
        return io_error(errno);
    }
}

bool Stream::quiet() {
    if (secured_) return quiet_secured();
    char byte;
    if (receive(fd_, {&byte, 1}, MSG_PEEK) >= 0 || errno != EAGAIN) return false;
    readable_ = false;
    return true;
}

io_result<std::size_t> Stream::write_now(std::span<const iovec> parts, bool ends) {
    if (secured_) return write_secured(parts, ends);
    for (;;) {
        const ssize_t n = transmit(fd_, parts, ends ? MSG_NOSIGNAL | MSG_MORE : MSG_NOSIGNAL);
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno == EINTR) continue;
        if (errno == EAGAIN) writable_ = false;
        return io_error(errno);
    }
}

bool Stream::ReadSome::attempt() {
    if (!stream_.readable_) return false;
    auto n = stream_.read_now(room_);
    if (!n && would_block(n.error())) return false;
    out_ = n;
    return true;
}

void Stream::Write::advance(std::size_t n) {
    done_ += n;
    while (!parts_.empty() && n >= parts_.front().iov_len) {
        n -= std::exchange(parts_.front().iov_len, 0);
        parts_ = parts_.subspan(1);
    }
    if (parts_.empty()) return;
    parts_.front().iov_base = static_cast<char*>(parts_.front().iov_base) + n;
    parts_.front().iov_len -= n;
}

bool Stream::Write::attempt() {
    while ((!parts_.empty() || stream_.has_unsent()) && stream_.writable_) {
        auto n = stream_.write_now(parts_, ends_);
        if (!n) {
            if (would_block(n.error())) break;
            out_ = n.error();
            return true;
        }
        advance(*n);
        if (parts_.empty() && !stream_.has_unsent()) break;
        // The next try tells why: no event may come of what has been told already.
        if (stream_.secured_ && stream_.engine_has_failed()) continue;
        // A short write has filled the socket: wait for room, and for no longer than before the first byte.
        stream_.writable_ = false;
        if (waiting_) stream_.write_expiry_ = stream_.loop_.now() + within_;
    }
    if (!parts_.empty() || stream_.has_unsent()) return false;
    out_ = done_;
    return true;
}

bool Stream::SendFile::attempt() {
    while (done_ < size_ && stream_.writable_) {
        auto at = static_cast<off_t>(offset_ + done_);
        const ssize_t n = ::sendfile(stream_.fd_, file_, &at, size_ - done_);
        if (n > 0) {
            // Less than was asked for may mean a full socket, or the end of the file: the next call tells.
            done_ += static_cast<std::size_t>(n);
            if (waiting_) stream_.write_expiry_ = stream_.loop_.now() + within_;
            continue;
        }
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) {
            stream_.writable_ = false;
            break;
        }
        out_ = n == 0 ? IoError{Code::end_of_stream, 0} : io_error(errno);
        return true;
    }
    if (done_ < size_) return false;
    out_ = done_;
    return true;
}

void Stream::wait_read(Waiter& waiter, core::Duration within) {
    if (reader_) __builtin_trap();  // whom it would replace would wait for ever
    reader_ = &waiter;
    read_expiry_ = loop_.now() + within;
    arm(read_expiry_);
    if (readable_) loop_.again(fd_, 0);  // out of turn, not out of data
}

void Stream::wait_write(Waiter& waiter, core::Duration within) {
    if (writer_) __builtin_trap();
    writer_ = &waiter;
    write_expiry_ = loop_.now() + within;
    arm(write_expiry_);
    if (writable_)
        loop_.again(fd_, 0);
    else
        watch_room();
}

void Stream::wait_time(Waiter& waiter, core::Duration how_long) {
    if (writer_) __builtin_trap();
    writer_ = &waiter;
    write_expiry_ = loop_.now() + how_long;
    arm(write_expiry_);
}

void Stream::watch_room() {
    if (std::exchange(watches_out_, true)) return;
    loop_.rewatch(fd_, both_events);  // raises an edge if there is room by now
}

void Stream::await_readable(Waiter& waiter, core::Duration within) { wait_read(waiter, within); }

void Stream::forget_reader() {
    reader_ = nullptr;
    read_expiry_ = core::never;
}

void Stream::run(Waiter*& place, core::Instant& expiry) {
    Waiter* waiter = place;
    if (!waiter->attempt()) {
        // It may have waited for its turn so far, and only now for room.
        if (&place == &writer_) watch_room();
        return;
    }
    place = nullptr;
    expiry = core::never;
    waiter->finish();
}

void Stream::end(Waiter*& place, core::Instant& expiry, IoError error) {
    Waiter* waiter = std::exchange(place, nullptr);
    expiry = core::never;
    waiter->fail(error);
    waiter->finish();
}

void Stream::cancel_read(Code code) {
    if (reader_) end(reader_, read_expiry_, {code, 0});
}

void Stream::cancel_write(Code code) {
    if (writer_) end(writer_, write_expiry_, {code, 0});
}

void Stream::abort() {
    if (fd_ < 0) return;
    aborted_ = true;
    Loop& loop = loop_;
    const auto self = loop.token(fd_);
    cancel_read(Code::cancelled);
    if (loop.alive(self)) cancel_write(Code::cancelled);
    if (loop.alive(self) && breaker_) std::exchange(breaker_, nullptr)->finish();
}

void Stream::on_events(std::uint32_t events) {
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        readable_ = true;
        if (secured_) fill_secured();
    }
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
        writable_ = true;
        if (reader_wants_room_) readable_ = true;
    }
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) ending_ = true;
    if (events & (EPOLLHUP | EPOLLERR)) broken_ = true;

    // Whoever goes on may close this stream or destroy it: ask the loop before touching it again.
    Loop& loop = loop_;
    const auto self = loop.token(fd_);
    if (writable_ && writer_) run(writer_, write_expiry_);
    if (!loop.alive(self)) return;
    if (readable_ && reader_) {
        run(reader_, read_expiry_);
        return;
    }
    if (broken_ && breaker_) std::exchange(breaker_, nullptr)->finish();
}

void Stream::on_expiry() {
    Loop& loop = loop_;
    const auto self = loop.token(fd_);
    const auto now = loop.now();
    if (reader_ && read_expiry_ <= now) end(reader_, read_expiry_, {Code::timed_out, 0});
    if (!loop.alive(self)) return;
    if (writer_ && write_expiry_ <= now) end(writer_, write_expiry_, {Code::timed_out, 0});
    if (!loop.alive(self)) return;
    const auto earlier = std::min(read_expiry_, write_expiry_);
    if (earlier != core::never) arm(earlier);
}

}  // namespace sluice::net
