#include "upstream/health.hpp"

#include <atomic>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace std::chrono_literals;
using upstream::Health;
using upstream::HealthRule;
using upstream::Standing;

namespace {

/// Runs a script of events, one word each, and says what came of them, one word each:
/// fail, ok, claim, force (a claim even if down), release: "1" or "0" as they returned ("." for release);
/// is: up, trial or down; +SECONDS: time passes, nothing is said.
std::string play(const HealthRule& rule, const std::string& script) {
    Health health;
    core::ManualClock clock;
    std::istringstream events(script);
    std::string out;
    for (std::string event; events >> event;) {
        if (event[0] == '+') {
            clock.advance(std::chrono::milliseconds(std::stol(event.substr(1)) * 1000));
            continue;
        }
        if (!out.empty()) out += ' ';
        if (event == "fail")
            out += health.on_failure(rule, clock.now()) ? "1" : "0";
        else if (event == "ok")
            out += health.on_success() ? "1" : "0";
        else if (event == "claim")
            out += health.claim_trial(rule, clock.now(), false) ? "1" : "0";
        else if (event == "force")
            out += health.claim_trial(rule, clock.now(), true) ? "1" : "0";
        else if (event == "release")
            health.release_trial(), out += ".";
        else if (event == "is") {
            const Standing standing = health.standing(rule, clock.now());
            out += standing == Standing::up ? "up" : standing == Standing::trial ? "trial" : "down";
        } else
            FAIL("no such event: " << event);
    }
    return out;
}

struct Row {
    std::string script;
    std::string result;
};

void play_all(const HealthRule& rule, const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.script);
        CHECK(play(rule, row.script) == row.result);
    }
}

/// `work(thread number)` on two threads that start together.
template <class Work>
void on_two_threads(Work work) {
    std::atomic<int> ready{0};
    const auto run = [&](int number) {
        ++ready;
        while (ready < 2) std::this_thread::yield();
        work(number);
    };
    std::thread other(run, 1);
    run(0);
    other.join();
}

}  // namespace

TEST_CASE("one failure takes a peer down for fail_timeout (nginx's defaults)") {
    play_all({}, {
                     {"is ok is", "up 0 up"},
                     {"is fail is", "up 1 down"},
                     {"fail +9 is claim", "1 down 0"},
                     {"fail +10 is claim is", "1 trial 1 down"},
                     {"fail +100 is claim", "1 trial 1"},
                     {"claim force is", "0 0 up"},
                 });
}

TEST_CASE("a trial brings the peer up or keeps it down") {
    play_all({}, {
                     {"fail +10 claim ok is ok", "1 1 1 up 0"},
                     {"fail +10 claim fail is", "1 1 0 down"},
                     {"fail +10 claim +5 fail +9 is +1 is", "1 1 0 down trial"},
                     {"fail +10 claim fail +10 claim ok is", "1 1 0 1 1 up"},
                     {"fail +10 claim claim force", "1 1 0 0"},
                     {"fail +10 claim release is claim", "1 1 . trial 1"},
                     {"fail +10 claim ok fail is", "1 1 1 1 down"},
                 });
}

TEST_CASE("a trial that never reports is forgotten after fail_timeout") {
    play_all({}, {
                     {"fail +10 claim +9 is claim +1 is claim is", "1 1 down 0 trial 1 down"},
                     {"fail +10 claim +10 ok is", "1 1 1 up"},  // it reports after all
                     {"fail +10 claim +10 fail is", "1 1 0 down"},
                 });
}

TEST_CASE("when every peer is down a trial need not wait for fail_timeout") {
    play_all({}, {
                     {"fail claim force force", "1 0 1 0"},
                     {"fail force ok is", "1 1 1 up"},
                     {"fail +4 force fail is +9 is +1 is", "1 1 0 down down trial"},
                     {"fail force release force", "1 1 . 1"},
                 });
}

TEST_CASE("exchanges from before the peer went down change nothing") {
    play_all({}, {
                     {"fail ok is", "1 0 down"},
                     {"fail +5 fail fail +5 is", "1 0 0 trial"},
                     {"fail +10 ok is", "1 0 trial"},
                     {"release is fail is", ". up 1 down"},
                 });
}

TEST_CASE("several failures must come within fail_timeout of the first") {
    play_all({3, 10s}, {
                           {"fail fail is fail is", "0 0 up 1 down"},
                           {"fail +5 fail +5 fail is", "0 0 1 down"},
                           {"fail +5 fail +6 fail is fail is fail is", "0 0 0 up 0 up 1 down"},
                           {"fail +11 fail +11 fail +11 fail is", "0 0 0 0 up"},
                           {"fail fail ok fail is", "0 0 0 1 down"},  // a success in between forgives nothing
                           {"fail fail fail +10 claim ok is", "0 0 1 1 1 up"},
                           {"fail fail fail +10 claim ok fail fail is fail is", "0 0 1 1 1 0 0 up 1 down"},
                           {"fail fail fail +10 claim fail is", "0 0 1 1 0 down"},
                       });
}

TEST_CASE("max_fails 0 never takes a peer down") {
    play_all({0, 10s}, {{"fail fail fail is ok claim force", "0 0 0 up 0 0 0"}});
}

TEST_CASE("fail_timeout 0: a trial at once, still one at a time") {
    play_all({1, 0s}, {
                          {"fail is claim claim", "1 trial 1 0"},
                          {"fail claim +1 claim ok is", "1 1 1 1 up"},
                      });
}

TEST_CASE("a peer that is down under a rule that has changed to max_fails 0 is up") {
    Health health;
    core::ManualClock clock;
    REQUIRE(health.on_failure({1, 10s}, clock.now()));
    CHECK(health.standing({0, 10s}, clock.now()) == Standing::up);
}

TEST_CASE("of two threads exactly one gets the trial") {
    const HealthRule rule;
    for (int round = 0; round < 2000; ++round) {
        Health health;
        core::ManualClock clock;
        REQUIRE(health.on_failure(rule, clock.now()));
        clock.advance(10s);
        std::atomic<int> claimed{0};
        on_two_threads([&](int) { claimed += health.claim_trial(rule, clock.now(), false); });
        if (claimed != 1) FAIL("round " << round << ": " << claimed);
    }
}

TEST_CASE("of two threads exactly one takes the peer down, and no failure is lost") {
    const HealthRule rule{4, 10s};
    for (int round = 0; round < 2000; ++round) {
        Health health;
        core::ManualClock clock;
        health.on_failure(rule, clock.now());
        clock.advance(11s);  // both also race to open the next window
        std::atomic<int> took_down{0};
        on_two_threads([&](int) {
            took_down += health.on_failure(rule, clock.now());
            took_down += health.on_failure(rule, clock.now());
        });
        if (took_down != 1 || health.standing(rule, clock.now()) != Standing::down)
            FAIL("round " << round << ": " << took_down);
    }
}

TEST_CASE("of two threads exactly one brings the peer up") {
    const HealthRule rule;
    for (int round = 0; round < 2000; ++round) {
        Health health;
        core::ManualClock clock;
        health.on_failure(rule, clock.now());
        clock.advance(10s);
        health.claim_trial(rule, clock.now(), false);
        std::atomic<int> brought_up{0};
        on_two_threads([&](int) { brought_up += health.on_success(); });
        if (brought_up != 1 || health.standing(rule, clock.now()) != Standing::up)
            FAIL("round " << round << ": " << brought_up);
    }
}
