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

/// Wants to do something long once, and says when it did.
struct Signer final : Watched {
    Signer(Loop& l, int number, std::vector<int>& into) : loop(l), who(number), done(into), fd(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
        loop.watch(fd, *this, EPOLLIN | EPOLLET);
        on_events(0);
    }
    ~Signer() override { end(); }
    void end() {
        if (fd < 0) return;
        loop.unwatch(fd);
        ::close(std::exchange(fd, -1));
    }
    void on_events(std::uint32_t) override {
        if (wants && loop.may_take_long(fd)) {
            wants = false;
            done.push_back(who);
        }
    }
    Loop& loop;
    int who;
    std::vector<int>& done;
    int fd;
    bool wants = true;
};

}  // namespace

TEST_CASE("long work is done once a turn, in order, and nobody else waits for it") {
    core::ManualClock clock;
    Loop loop(clock);
    Bell bell(loop);
    std::vector<int> done;
    loop.turn(0s);
    Signer first(loop, 1, done), second(loop, 2, done), third(loop, 3, done);
    CHECK(done == std::vector{1});
    bell.ring();
    CHECK(loop.turn(1h) == 2);  // does not wait
    CHECK(bell.rings == 1);
    CHECK(done == std::vector{1, 2});
    Signer fourth(loop, 4, done);  // behind those that wait
    third.on_events(EPOLLIN);  // has not to be asked twice
    CHECK(loop.turn(1h) == 1);
    CHECK(done == std::vector{1, 2, 3});
    CHECK(loop.turn(1h) == 1);
    CHECK(done == std::vector{1, 2, 3, 4});
    CHECK(loop.turn(0s) == 0);
    Signer fifth(loop, 5, done);
    CHECK(done.back() == 5);  // at once: nobody has had this turn's
}

TEST_CASE("who has gone, or wants no more, leaves its long turn to the next") {
    core::ManualClock clock;
    Loop loop(clock);
    std::vector<int> done;
    loop.turn(0s);
    Signer first(loop, 1, done), gone(loop, 2, done), content(loop, 3, done), last(loop, 4, done);
    const int number = gone.fd;
    gone.end();
    Signer again(loop, 5, done);  // has its number, and a place of its own
    CHECK(again.fd == number);
    content.wants = false;
    CHECK(loop.turn(1h) == 1);
    CHECK(done == std::vector{1, 4});
    CHECK(loop.turn(1h) == 1);
    CHECK(done == std::vector{1, 4, 5});
}

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
