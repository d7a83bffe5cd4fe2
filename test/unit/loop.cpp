#include "net/loop.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "net/sleep.hpp"
#include "net/task.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::net;
using namespace std::chrono_literals;

namespace {

/// An eventfd: readable after ring().
struct Bell final : Watched {
    explicit Bell(Loop& l) : loop(l), fd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
        loop.watch(fd, *this, EPOLLIN | EPOLLET);
    }
    ~Bell() override { end(); }
    void end() {
        if (fd < 0) return;
        loop.unwatch(fd);
        ::close(std::exchange(fd, -1));
    }
    void ring() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] auto n = ::write(fd, &one, sizeof one);
    }
    void on_events(std::uint32_t) override {
        ++rings;
        if (victim) victim->end();
    }
    Loop& loop;
    int fd;
    int rings = 0;
    Bell* victim = nullptr;
};

struct Hook final : TurnEnd {
    void on_turn_end() override { ++turns; }
    int turns = 0;
};

Detached nap(Loop& loop, core::Duration time, bool& over) {
    co_await Sleep(loop, time);
    over = true;
}

}  // namespace

TEST_CASE("events come once, and a quiet turn handles none") {
    core::ManualClock clock;
    Loop loop(clock);
    Bell bell(loop);
    CHECK(loop.watching() == 1);
    CHECK(loop.turn(0s) == 0);
    bell.ring();
    CHECK(loop.turn(0s) == 1);
    CHECK(bell.rings == 1);
    CHECK(loop.turn(0s) == 0);
}

TEST_CASE("what one event ends gets no event of the same turn") {
    core::ManualClock clock;
    Loop loop(clock);
    Bell a(loop), b(loop);
    a.victim = &b;
    b.victim = &a;
    a.ring();
    b.ring();
    loop.turn(0s);
    CHECK(a.rings + b.rings == 1);
    CHECK(loop.watching() == 1);
}

TEST_CASE("an event for a descriptor whose number is used again goes to nobody") {
    core::ManualClock clock;
    Loop loop(clock);
    Bell first(loop);
    const auto old = loop.token(first.fd);
    loop.again(first.fd, EPOLLIN);
    first.end();
    Bell second(loop);
    CHECK(second.fd == old.fd);
    CHECK_FALSE(loop.alive(old));
    loop.turn(0s);
    CHECK(second.rings == 0);
}

TEST_CASE("what is asked for again comes in the next turn") {
    core::ManualClock clock;
    Loop loop(clock);
    Bell bell(loop);
    loop.again(bell.fd, 0);
    CHECK(loop.turn(1h) == 1);  // without waiting
    CHECK(bell.rings == 1);
}

TEST_CASE("a worker's steps in one event are limited") {
    core::ManualClock clock;
    Loop loop(clock);
    Bell bell(loop);
    bell.ring();
    loop.turn(0s);
    int steps = 0;
    while (loop.spend()) ++steps;
    CHECK(steps > 1);
    CHECK(steps < 1000);
}

TEST_CASE("time stands still within a turn, and deadlines fire in it") {
    core::ManualClock clock;
    Loop loop(clock);
    bool over = false;
    nap(loop, 1s, over);
    const auto before = loop.now();
    clock.advance(2s);
    CHECK(loop.now() == before);
    CHECK_FALSE(over);
    loop.turn(0s);
    CHECK(loop.now() - before == core::Duration(2s));
    CHECK(over);
}

TEST_CASE("a sleeper can be woken") {
    core::ManualClock clock;
    Loop loop(clock);
    bool over = false;
    Sleep* sleeping = nullptr;
    [](Loop& l, Sleep*& out, bool& done) -> Detached {
        Sleep sleep(l, 1h);
        out = &sleep;
        co_await sleep;
        done = true;
    }(loop, sleeping, over);
    sleeping->wake();
    CHECK(over);
    clock.advance(2h);
    loop.turn(0s);
}

TEST_CASE("work from other threads runs in order, and hooks after it") {
    core::ManualClock clock;
    Loop loop(clock);
    Hook hook;
    loop.at_turn_end(hook);
    std::vector<int> seen;
    std::thread other([&] {
        for (int i = 0; i < 1000; ++i) loop.post([&seen, i] { seen.push_back(i); });
        loop.post([&] { loop.stop(); });
    });
    loop.run();
    other.join();
    REQUIRE(seen.size() == 1000);
    for (int i = 0; i < 1000; ++i) CHECK(seen[i] == i);
    CHECK(hook.turns > 0);
    CHECK(loop.stopped());
}
