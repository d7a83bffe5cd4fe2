// TLS on a stream: what is known of its readiness when OpenSSL has taken from the socket more, or less, than was asked for.
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <string>

#include "net/stream.hpp"
#include "net/task.hpp"
#include "support/catch.hpp"
#include "support/certificates.hpp"
#include "support/handshake.hpp"
#include "tls/server_contexts.hpp"
#include "tls/store.hpp"

using namespace sluice;
using namespace sluice::net;
using namespace std::chrono_literals;

namespace {

const tls::ServerContexts& contexts() {
    static tls::Store store;
    static std::vector<tls::Complaint> complaints;
    static const auto made = [] {
        tls::ServerDescription description;
        description.pairs.push_back(test::Certificates::all().pair("chain.pem", "leaf.key"));
        return tls::make_server(description, 1, store, complaints);
    }();
    return *made;
}

/// A server's stream, and a client of OpenSSL's own that has agreed with it.
struct Pair {
    explicit Pair(int send_buffer = 0) : stream(loop), context(test::any_client()), client(SSL_new(context.get())) {
        int fds[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) std::abort();
        if (send_buffer) setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof send_buffer);
        stream.open(fds[0], false);
        stream.start_tls({.context = contexts().at(0)});
        other = fds[1];
        SSL_set_fd(client.get(), other);
        SSL_set_connect_state(client.get());
        for (bool ours = false, theirs = false; !ours || !theirs;) {
            theirs = SSL_do_handshake(client.get()) == 1;
            loop.turn(0s);
            ours = ours || stream.handshake_now().has_value();
        }
        hear();
        while (!stream.quiet()) {
        }
    }
    ~Pair() { ::close(other); }
    void say(std::string_view bytes) const { SSL_write(client.get(), bytes.data(), static_cast<int>(bytes.size())); }
    std::size_t hear() const {
        std::size_t all = 0;
        char room[16384];
        for (int n; (n = SSL_read(client.get(), room, sizeof room)) > 0;) all += static_cast<std::size_t>(n);
        return all;
    }

    core::ManualClock clock;
    Loop loop{clock};
    Stream stream;
    tls::Owned<SSL_CTX> context;
    tls::Owned<SSL> client;
    int other = -1;
};

Detached count_reads(Stream& stream, int& count, std::size_t& last) {
    char room[1000];
    for (;;) {
        auto n = co_await stream.read_some(room, 1h);
        if (!n) co_return;
        ++count;
        last = *n;
        if (*n == 0) co_return;
    }
}

Detached write_all(Stream& stream, std::string_view bytes, bool& failed) {
    iovec parts[1] = {part(bytes)};
    auto n = co_await stream.write(parts, 1h);
    failed = !n && n.error().code == core::Code::reset;
}

Detached wait_until_readable(Stream& stream, int& count) {
    for (;;) {
        if (auto ready = co_await stream.readable(1h); !ready) co_return;
        ++count;
        char room[1000];
        if (auto n = stream.read_now(room); !n && !Stream::would_block(n.error())) co_return;
    }
}

}  // namespace

TEST_CASE("TLS: a write to nobody fails at once, however much it brings") {
    Pair p;
    ::shutdown(p.other, SHUT_RDWR);
    p.loop.turn(0s);
    bool failed = false;
    const std::string bytes(60'000, 'x');
    write_all(p.stream, bytes, failed);
    CHECK(failed);
    if (!failed) p.stream.cancel_write(core::Code::cancelled);
}

TEST_CASE("TLS: an end that is said with the last bytes is met at once, though the socket stays open") {
    Pair p;
    int count = 0;
    std::size_t last = 1;
    count_reads(p.stream, count, last);
    p.say("hello");
    SSL_shutdown(p.client.get());
    for (int i = 0; i < 3; ++i) p.loop.turn(0s);
    CHECK(count == 2);
    CHECK(last == 0);
    p.stream.cancel_read(core::Code::cancelled);
}

TEST_CASE("TLS: bytes that quiet() has found reach whoever waits for them") {
    Pair p;
    int count = 0;
    std::size_t last = 0;
    count_reads(p.stream, count, last);
    p.say("hello");
    CHECK_FALSE(p.stream.quiet());
    for (int i = 0; i < 3; ++i) p.loop.turn(0s);
    CHECK(last == 5);
    p.stream.cancel_read(core::Code::cancelled);
}

TEST_CASE("TLS: who must answer a change of keys and has no room for it waits, and does not spin") {
    Pair p(4096);
    int ready = 0;
    wait_until_readable(p.stream, ready);
    // Answers of 30 bytes each fill the socket, for nobody reads them.
    for (int i = 0; i < 2000; ++i) {
        SSL_key_update(p.client.get(), SSL_KEY_UPDATE_REQUESTED);
        SSL_do_handshake(p.client.get());
        p.loop.turn(0s);
    }
    const int before = ready;
    for (int i = 0; i < 200; ++i) p.loop.turn(0s);
    CHECK(ready - before < 3);
    p.hear();
    p.loop.turn(0s);
    p.say("hello");
    for (int i = 0; i < 100; ++i) {
        p.loop.turn(0s);
        p.hear();
    }
    p.stream.cancel_read(core::Code::cancelled);
}

namespace {

/// One of many that shake hands over one loop; the client's first message comes in two pieces.
struct Half {
    Half(Loop& loop, SSL_CTX* context) : stream(loop), client(SSL_new(context)) {
        int fds[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) std::abort();
        stream.open(fds[0], false);
        stream.start_tls({.context = contexts().at(0)});
        other = fds[1];
        SSL_set_connect_state(client.get());
        SSL_set_bio(client.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_do_handshake(client.get());
        char room[4096];
        const int n = BIO_read(SSL_get_wbio(client.get()), room, sizeof room);
        hello.assign(room, static_cast<std::size_t>(n));
    }
    ~Half() { ::close(other); }
    void send(std::string_view bytes) const {
        if (::send(other, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) std::abort();
    }
    /// The server has signed.
    bool is_answered() const {
        char byte;
        return ::recv(other, &byte, 1, MSG_PEEK) == 1;
    }
    Stream stream;
    tls::Owned<SSL> client;
    std::string hello;
    int other = -1;
};

Detached shake(Stream& stream, core::Duration within, core::Code& failed) {
    const auto agreed = co_await stream.handshake(within);
    if (!agreed) failed = agreed.error().code;
}

}  // namespace

TEST_CASE("handshakes sign one a turn, also when a hello comes in pieces; who waits can be sent away") {
    core::ManualClock clock;
    Loop loop(clock);
    const auto context = test::any_client();
    std::list<Half> all;
    std::vector<core::Code> failed(6);
    for (int i = 0; i < 6; ++i) {
        auto& half = all.emplace_back(loop, context.get());
        half.send(std::string_view(half.hello).substr(0, 50));
        shake(half.stream, i == 5 ? 1s : 1h, failed[static_cast<std::size_t>(i)]);
    }
    const auto answered = [&] { return std::ranges::count_if(all, &Half::is_answered); };
    for (int i = 0; i < 20; ++i) loop.turn(0s);
    CHECK(answered() == 0);
    for (auto& half : all) half.send(std::string_view(half.hello).substr(50));
    loop.turn(0s);
    CHECK(answered() <= 1);
    const auto before = answered();
    auto waiting = std::ranges::find_if(all, [](const Half& half) { return !half.is_answered(); });
    waiting->stream.abort();
    CHECK(failed[static_cast<std::size_t>(std::distance(all.begin(), waiting))] == core::Code::cancelled);
    clock.advance(2s);
    loop.turn(0s);  // the last one's time is over, whoever's turn it is
    CHECK(answered() <= before + 1);
    CHECK(failed[5] == core::Code::timed_out);
    for (int i = 0; i < 3; ++i) {
        const auto so_far = answered();
        loop.turn(0s);
        CHECK(answered() <= so_far + 1);
    }
    for (int i = 0; i < 3; ++i) loop.turn(0s);
    CHECK(answered() == 4);
    for (auto& half : all) half.stream.abort();
}
