#include "core/wheel.hpp"

#include <map>
#include <memory>
#include <vector>

#include "core/rng.hpp"
#include "support/catch.hpp"

using namespace sluice::core;
using namespace std::chrono_literals;

namespace {

constexpr Duration tick{1 << 16};

struct Alarm final : Timer {
    explicit Alarm(std::vector<int>& fired, int number = 0) : fired_(fired), number_(number) {}
    ~Alarm() override = default;
    void on_expiry() override { fired_.push_back(number_); }
    std::vector<int>& fired_;
    int number_;
};

}  // namespace

TEST_CASE("a timer fires once, not early and at most one tick late") {
    for (const Duration wait :
         {Duration{0}, Duration{1}, Duration{70ms}, Duration{1s}, Duration{60s}, Duration{67s}, Duration{1h}}) {
        std::vector<int> fired;
        Instant now{123'456'789};
        Wheel wheel(now);
        Alarm alarm(fired);
        const Instant due = now + wait;
        wheel.arm(alarm, due);
        CHECK(wheel.next_due() <= due + tick);
        while (fired.empty() && now < due + 2s) {
            now = now + 10ms;
            wheel.advance(now);
            if (fired.empty()) CHECK(now < due + tick);
        }
        CHECK(fired.size() == 1);
        CHECK(now >= due);
        CHECK(wheel.next_due() == never);
        CHECK(alarm.expiry() == never);
    }
}

TEST_CASE("disarmed, moved and destroyed timers") {
    std::vector<int> fired;
    Instant now{0};
    Wheel wheel(now);
    Alarm disarmed(fired, 1), later(fired, 2), sooner(fired, 3);
    auto gone = std::make_unique<Alarm>(fired, 4);
    wheel.arm(disarmed, now + 1s);
    wheel.arm(later, now + 1s);
    wheel.arm(sooner, now + 100s);
    wheel.arm(*gone, now + 1s);
    Wheel::disarm(disarmed);
    wheel.arm(later, now + 10s);
    wheel.arm(sooner, now + 2s);
    gone.reset();
    wheel.advance(now + 3s);
    CHECK(fired == std::vector<int>{3});
    wheel.advance(now + 11s);
    CHECK(fired == std::vector<int>{3, 2});
}

TEST_CASE("what fires may arm itself and destroy others") {
    struct Chain final : Timer {
        Chain(Wheel& w, std::vector<int>& f, std::unique_ptr<Alarm> v) : wheel(w), fired(f), victim(std::move(v)) {}
        ~Chain() override = default;
        void on_expiry() override {
            fired.push_back(1);
            victim.reset();
            if (fired.size() < 3) wheel.arm(*this, now + 1s);
        }
        Wheel& wheel;
        std::vector<int>& fired;
        std::unique_ptr<Alarm> victim;
        Instant now{};
    };
    std::vector<int> fired;
    Wheel wheel(Instant{0});
    Chain chain(wheel, fired, std::make_unique<Alarm>(fired, 2));
    wheel.arm(chain, Instant{0} + 1s);
    wheel.arm(*chain.victim, Instant{0} + 1s);  // the same slot, after it
    for (int s = 1; s < 10; ++s) {
        chain.now = Instant{0} + std::chrono::seconds(s);
        wheel.advance(chain.now);
    }
    CHECK(fired == std::vector<int>{1, 1, 1});
}

TEST_CASE("a wheel does as a map does") {
    Rng rng(7);
    std::vector<int> fired;
    Instant now{1'000'000'000};
    Wheel wheel(now);
    std::vector<std::unique_ptr<Alarm>> alarms;
    for (int i = 0; i < 50; ++i) alarms.push_back(std::make_unique<Alarm>(fired, i));
    std::map<int, Instant> due;
    for (int step = 0; step < 20'000; ++step) {
        const int i = static_cast<int>(rng.next() % alarms.size());
        switch (rng.next() % 8) {
            case 0:
                Wheel::disarm(*alarms[i]);
                due.erase(i);
                break;
            case 1:
                alarms[i] = std::make_unique<Alarm>(fired, i);
                due.erase(i);
                break;
            case 2:
            case 3: {
                // Now and then further than the wheel reaches in a turn, or a jump over all of it.
                now = now + Duration{static_cast<std::int64_t>(rng.next() % (step % 100 ? 300'000 : 200'000'000))};
                wheel.advance(now);
                for (const int n : fired) {
                    REQUIRE(due.count(n) == 1);
                    REQUIRE(due[n] <= now);
                    due.erase(n);
                }
                fired.clear();
                for (const auto& [n, at] : due) REQUIRE(at + tick > now);
                break;
            }
            default: {
                const Instant at = now + Duration{static_cast<std::int64_t>(rng.next() % 150'000'000)};
                wheel.arm(*alarms[i], at);
                due[i] = at;
            }
        }
        const Instant next = wheel.next_due();
        for (const auto& [n, at] : due) REQUIRE(next <= at + tick);
    }
}
