#include "net/stream.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "net/task.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::net;
using namespace std::chrono_literals;
using core::Code;

namespace {

/// A stream and the other end of its connection.
struct Pair {
    explicit Pair(int send_buffer = 0) : stream(loop) {
        int fds[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) std::abort();
        if (send_buffer) setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
        stream.open(fds[0], false);
        other = fds[1];
    }
    ~Pair() { hang_up(); }
    void hang_up() {
        if (other >= 0) ::close(std::exchange(other, -1));
    }
    void say(std::string_view s) const { [[maybe_unused]] auto n = ::send(other, s.data(), s.size(), MSG_NOSIGNAL); }
    std::string hear() const {
        char room[65536];
        const auto n = ::recv(other, room, sizeof room, 0);
        return {room, n > 0 ? static_cast<std::size_t>(n) : 0};
    }
    void turn() { loop.turn(0s); }

    core::ManualClock clock;
    Loop loop{clock};
    Stream stream;
    int other = -1;
};

/// What came of an operation: bytes, or a code.
struct Outcome {
    bool over = false;
    std::optional<std::size_t> bytes;
    Code code{};
    int count = 0;

    void set(const io_result<std::size_t>& r) {
        over = true;
        ++count;
        if (r)
            bytes = *r;
        else
            code = r.error().code;
    }
    bool failed(Code c) const { return over && !bytes && code == c; }
};

Detached read_once(Stream& stream, std::span<char> room, core::Duration within, Outcome& out) {
    out.set(co_await stream.read_some(room, within));
}

Detached write_all(Stream& stream, std::string_view bytes, core::Duration within, Outcome& out) {
    iovec parts[1] = {part(bytes)};
    out.set(co_await stream.write(parts, within));
}

Detached read_for_ever(Stream& stream, Outcome& out) {
    char room[1];
    for (;;) {
        auto n = co_await stream.read_some(room, 1h);
        out.set(n);
        if (!n || *n == 0) co_return;
    }
}

Detached close_when_read(std::optional<Stream>& stream, Outcome& out) {
    char room[1];
    out.set(co_await stream->read_some(room, 1s));
    stream.reset();
}

}  // namespace

TEST_CASE("a read waits for bytes, and a later one for more") {
    Pair p;
    char room[16];
    for (int i = 0; i < 2; ++i) {
        Outcome out;
        read_once(p.stream, room, 10s, out);
        p.turn();
        CHECK_FALSE(out.over);
        p.say("hello");
        p.turn();
        CHECK(out.bytes == 5u);
        CHECK(std::string_view(room, 5) == "hello");
    }
}

TEST_CASE("bytes, then the end of the stream, however they come") {
    for (const bool together : {true, false}) {
        Pair p;
        char room[16];
        Outcome bytes, end;
        p.say("hello");
        if (!together) p.turn();
        ::shutdown(p.other, SHUT_WR);
        p.turn();
        read_once(p.stream, room, 10s, bytes);
        CHECK(bytes.bytes == 5u);
        read_once(p.stream, room, 10s, end);
        p.turn();
        CHECK(end.bytes == 0u);
        CHECK(p.stream.ending());
        CHECK_FALSE(p.stream.broken());
    }
}

TEST_CASE("a read that fills its room leaves the rest for the next") {
    Pair p;
    char room[2];
    p.say("abc");
    p.turn();
    Outcome first, second;
    read_once(p.stream, room, 1s, first);
    CHECK(first.bytes == 2u);
    CHECK(p.stream.input_pending());
    read_once(p.stream, room, 1s, second);
    CHECK(second.bytes == 1u);
    CHECK_FALSE(p.stream.input_pending());
}

TEST_CASE("a reset is told as one") {
    Pair p;
    char room[16];
    Outcome out, written;
    write_all(p.stream, "unread", 1s, written);
    p.turn();
    read_once(p.stream, room, 10s, out);
    p.hang_up();
    p.turn();
    CHECK(out.failed(Code::reset));
    CHECK(p.stream.broken());
    Outcome again;
    write_all(p.stream, "x", 1s, again);
    CHECK(again.failed(Code::reset));
}

TEST_CASE("deadlines of reading and writing are apart") {
    Pair p(4608);
    char room[16];
    const std::string much(200'000, 'w');
    Outcome reads, writes;
    read_once(p.stream, room, 10s, reads);
    write_all(p.stream, much, 30s, writes);
    p.turn();
    p.clock.advance(9s);
    p.turn();
    CHECK_FALSE(reads.over);
    p.clock.advance(1100ms);
    p.turn();
    CHECK(reads.failed(Code::timed_out));
    CHECK_FALSE(writes.over);
    p.clock.advance(20s);
    p.turn();
    CHECK(writes.failed(Code::timed_out));
    p.clock.advance(1h);
    p.turn();
    CHECK(reads.count == 1);
    CHECK(writes.count == 1);
}

TEST_CASE("progress moves the deadline of a write, nothing else does") {
    Pair p(4608);
    const std::string much(100'000, 'w');
    Outcome out;
    std::string heard;
    write_all(p.stream, much, 10s, out);
    for (int i = 0; i < 1000 && !out.over; ++i) {
        p.clock.advance(5s);
        heard += p.hear();
        p.turn();
    }
    for (std::string more = p.hear(); !more.empty(); more = p.hear()) heard += more;
    CHECK(out.bytes == much.size());
    CHECK(heard.size() == much.size());
}

TEST_CASE("a write that had to wait for its turn waits for room afterwards") {
    // Outside of an event there is no budget: the first attempt comes with the next turn, and fills the socket.
    Pair p(4608);
    const std::string much(20'000, 'w');
    Outcome out;
    write_all(p.stream, much, 10s, out);
    std::string heard;
    for (int i = 0; i < 100 && !out.over; ++i) {
        p.turn();
        heard += p.hear();
    }
    CHECK(out.bytes == much.size());
    CHECK(heard.size() == much.size());
}

TEST_CASE("a wait can be ended") {
    Pair p(4608);
    char room[16];
    const std::string much(200'000, 'w');
    Outcome reads, writes;
    read_once(p.stream, room, 10s, reads);
    write_all(p.stream, much, 10s, writes);
    p.stream.cancel_read(Code::cancelled);
    CHECK(reads.failed(Code::cancelled));
    CHECK_FALSE(writes.over);
    p.stream.cancel_read(Code::cancelled);
    p.stream.cancel_write(Code::cancelled);
    CHECK(writes.failed(Code::cancelled));
    CHECK(reads.count == 1);

    Outcome later;
    p.say("x");
    p.turn();
    read_once(p.stream, room, 10s, later);
    CHECK(later.bytes == 1u);
}

TEST_CASE("abort ends all waits, and tells whoever asked to hear of a break") {
    struct Told final : Waiter {
        bool attempt() override { return true; }
        void fail(IoError) override {}
        void finish() override { ++times; }
        int times = 0;
    } told;
    Pair p;
    char room[16];
    Outcome reads;
    read_once(p.stream, room, 10s, reads);
    p.stream.on_break(&told);
    p.stream.abort();
    CHECK(reads.failed(Code::cancelled));
    CHECK(told.times == 1);
    p.stream.abort();
    CHECK(told.times == 1);
}

TEST_CASE("a break is told only while nobody reads") {
    struct Told final : Waiter {
        bool attempt() override { return true; }
        void fail(IoError) override {}
        void finish() override { ++times; }
        int times = 0;
    };
    for (const bool reads : {true, false}) {
        Pair p;
        Told told;
        char room[16];
        Outcome out;
        p.stream.on_break(&told);
        if (reads) read_once(p.stream, room, 10s, out);
        p.hang_up();
        p.turn();
        CHECK(out.over == reads);
        CHECK(told.times == (reads ? 0 : 1));
    }
}

TEST_CASE("whoever reads may end the stream") {
    core::ManualClock clock;
    Loop loop(clock);
    for (const bool in_time : {true, false}) {
        int fds[2];
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
        std::optional<Stream> stream(std::in_place, loop);
        stream->open(fds[0], false);
        Outcome out;
        close_when_read(stream, out);
        if (in_time) REQUIRE(::send(fds[1], "x", 1, 0) == 1);
        clock.advance(2s);
        loop.turn(0s);
        CHECK(out.count == 1);
        CHECK(out.bytes.has_value() == in_time);
        CHECK_FALSE(stream.has_value());
        CHECK(loop.watching() == 0);
        ::close(fds[1]);
    }
}

TEST_CASE("a busy connection does not keep the others waiting") {
    Pair p;
    Outcome out;
    p.say(std::string(1000, 'x'));
    read_for_ever(p.stream, out);
    p.turn();
    const int first = out.count;
    CHECK(first > 1);
    CHECK(first < 200);
    for (int i = 0; i < 1000 && out.count < 1000; ++i) p.turn();
    CHECK(out.count == 1000);
    p.hang_up();
    p.turn();
    CHECK(out.bytes == 0u);
}

TEST_CASE("quiet asks the kernel") {
    Pair p;
    CHECK(p.stream.quiet());
    p.say("x");
    CHECK_FALSE(p.stream.quiet());
    char room[4];
    CHECK(*p.stream.read_now(room) == 1);
    CHECK(p.stream.quiet());
    p.hang_up();
    CHECK_FALSE(p.stream.quiet());
}
