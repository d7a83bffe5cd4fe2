#include "upstream/pool.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <optional>
#include <vector>

#include "net/task.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using core::Code;
using core::Failure;
using core::Side;
using core::Stage;
using upstream::Connecting;
using upstream::ConnectionPtr;
using upstream::Pool;

namespace {

/// What dials get, one entry each, then connections; the peers' ends of these.
thread_local std::deque<Code> refusals;
thread_local std::vector<int> ends;
thread_local int dials = 0;
const upstream::KeepRule rule{.idle_connections = 2, .requests = 1000, .time = 3600s, .idle = 60s};

core::result<int> dial_pair(const net::Address&, const upstream::DialOptions&) {
    ++dials;
    if (!refusals.empty()) {
        const Code code = refusals.front();
        refusals.pop_front();
        return Failure{code, Side::peer, Stage::connect, 0};
    }
    int fds[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) std::abort();
    ends.push_back(fds[1]);
    return fds[0];
}

struct Fixture {
    Fixture()
        : group("g", *balance::find_balancer("round_robin"), {at(1), at(2)}), pool(loop, dial_pair) {
        refusals.clear();
        dials = 0;
    }
    ~Fixture() {
        pool.close_idle();
        for (const int fd : ends) ::close(fd);
        ends.clear();
    }
    static upstream::Group::PeerSpec at(std::uint16_t port) {
        upstream::Group::PeerSpec spec;
        spec.address = *net::Address::parse("127.0.0.1", port);
        return spec;
    }
    const upstream::Peer& peer(std::size_t i = 0) { return *group.peers()[i]; }

    struct Made {
        bool over = false;
        ConnectionPtr connection;
        Failure failure;
        Connecting connecting;
    };
    static net::Detached make(Pool& pool, const upstream::Peer& peer, Made& out) {
        auto made = co_await pool.connect(peer, 60s, out.connecting);
        out.over = true;
        if (made)
            out.connection = std::move(*made);
        else
            out.failure = made.error();
    }
    ConnectionPtr connect(std::size_t i = 0) {
        Made made;
        make(pool, peer(i), made);
        loop.turn(0s);
        REQUIRE(made.connection);
        return std::move(made.connection);
    }
    void hang_up(std::size_t end) { ::close(std::exchange(ends[end], -1)); }

    core::ManualClock clock;
    net::Loop loop{clock};
    upstream::Group group;
    Pool pool;
};

}  // namespace

TEST_CASE("a connection is kept and lent again, the last first, each peer's apart") {
    Fixture f;
    auto a = f.connect(), b = f.connect();
    auto* const last = b.get();
    CHECK_FALSE(a->reused);
    f.pool.put_back(f.peer(), rule, std::move(a));
    f.pool.put_back(f.peer(), rule, std::move(b));
    CHECK(f.pool.idle() == 2);
    CHECK(f.pool.take_idle(f.peer(1), false) == nullptr);
    auto again = f.pool.take_idle(f.peer(), false);
    CHECK(again.get() == last);
    CHECK(again->reused);
    CHECK(f.pool.idle() == 1);
}

TEST_CASE("no more are kept than the rule says") {
    Fixture f;
    for (auto* c : {new std::vector<ConnectionPtr>}) {
        for (int i = 0; i < 3; ++i) c->push_back(f.connect());
        for (auto& connection : *c) f.pool.put_back(f.peer(), rule, std::move(connection));
        delete c;
    }
    CHECK(f.pool.idle() == 2);
    CHECK(f.loop.watching() == 2);
}

TEST_CASE("an idle connection ends when the peer ends it, says something, or time is up") {
    for (int how = 0; how < 3; ++how) {
        Fixture f;
        f.pool.put_back(f.peer(), rule, f.connect());
        if (how == 0) f.hang_up(0);
        if (how == 1) REQUIRE(::send(ends[0], "x", 1, 0) == 1);
        if (how == 2) f.clock.advance(61s);
        f.loop.turn(0s);
        CHECK(f.pool.idle() == 0);
        CHECK(f.loop.watching() == 0);
    }
}

TEST_CASE("one that ends leaves the others in their places") {
    Fixture f;
    auto a = f.connect(), b = f.connect();
    auto* const left = b.get();
    f.pool.put_back(f.peer(), rule, std::move(a));
    f.pool.put_back(f.peer(), rule, std::move(b));
    f.hang_up(0);
    f.loop.turn(0s);
    CHECK(f.pool.idle() == 1);
    CHECK(f.pool.take_idle(f.peer(), true).get() == left);
}

TEST_CASE("whoever makes sure gets no connection that was closed unseen") {
    Fixture f;
    f.pool.put_back(f.peer(), rule, f.connect());
    f.hang_up(0);
    CHECK(f.pool.take_idle(f.peer(), true) == nullptr);
    CHECK(f.pool.idle() == 0);
}

TEST_CASE("a connection whose peer has said goodbye is not kept") {
    Fixture f;
    auto c = f.connect();
    f.hang_up(0);
    f.loop.turn(0s);
    f.pool.put_back(f.peer(), rule, std::move(c));
    CHECK(f.pool.idle() == 0);
    CHECK(f.loop.watching() == 0);
}

TEST_CASE("out of descriptors: an idle connection makes room") {
    Fixture f;
    f.pool.put_back(f.peer(1), rule, f.connect(1));
    refusals = {Code::no_descriptors};
    f.connect();
    CHECK(f.pool.idle() == 0);
}

TEST_CASE("out of descriptors: waits for one, not for ever, and can be called off") {
    for (int how = 0; how < 3; ++how) {
        Fixture f;
        refusals.assign(how == 0 ? 3 : 100'000, Code::no_descriptors);
        Fixture::Made made;
        Fixture::make(f.pool, f.peer(), made);
        CHECK(made.connecting.is_waiting());
        if (how == 2) made.connecting.cancel();
        for (int i = 0; i < 2000 && !made.over; ++i) {
            f.clock.advance(100ms);
            f.loop.turn(0s);
        }
        CHECK(made.over);
        CHECK_FALSE(made.connecting.is_waiting());
        if (how == 0) CHECK(made.connection);
        if (how == 1) CHECK(made.failure.code == Code::no_descriptors);
        if (how == 2) CHECK(made.failure.code == Code::cancelled);
    }
}

TEST_CASE("a refusal is told at once") {
    Fixture f;
    refusals = {Code::refused};
    Fixture::Made made;
    Fixture::make(f.pool, f.peer(), made);
    CHECK(made.over);
    CHECK(made.failure.code == Code::refused);
    CHECK(dials == 1);
}

TEST_CASE("a connection is closed after its requests, and after its time") {
    for (int how = 0; how < 2; ++how) {
        Fixture f;
        auto short_lived = rule;
        if (how == 0) short_lived.requests = 2;
        if (how == 1) short_lived.time = 10s;
        f.pool.put_back(f.peer(), short_lived, f.connect());
        if (how == 1) f.clock.advance(11s);
        f.loop.turn(0s);
        auto c = f.pool.take_idle(f.peer(), false);
        REQUIRE(c);
        f.pool.put_back(f.peer(), short_lived, std::move(c));
        CHECK(f.pool.idle() == 0);
    }
}
