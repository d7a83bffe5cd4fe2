// Phases as written, and when they let requests arrive.
#include <algorithm>
#include <cmath>
#include <vector>

#include "bench/phases.hpp"
#include "support/catch.hpp"

using namespace sluice::bench;

namespace {

std::vector<Phase> right(std::string_view text) {
    INFO(text);
    auto parsed = parse_phase(text);
    CHECK(parsed.message == "");
    return parsed.phases;
}

Schedule schedule(std::initializer_list<std::string_view> texts) {
    std::vector<Phase> phases;
    for (const auto text : texts)
        for (const Phase& phase : right(text)) phases.push_back(phase);
    return Schedule(phases);
}

std::vector<double> arrivals(const Schedule& s, unsigned thread = 0, unsigned threads = 1, bool poisson = false,
                             std::uint64_t seed = 1) {
    std::vector<double> out;
    Arrivals of(s, thread, threads, poisson, seed);
    while (const auto due = of.next()) out.push_back(due->seconds);
    return out;
}

}  // namespace

TEST_CASE("phases as written") {
    const auto ramp = right("rate=100..5k;for=10s;name=up");
    REQUIRE(ramp.size() == 1);
    CHECK(ramp[0].rate_from == 100);
    CHECK(ramp[0].rate_to == 5000);
    CHECK(ramp[0].seconds == 10);
    CHECK(ramp[0].name == "up");
    CHECK(ramp[0].open());
    const auto even = right(" for=500ms ; rate=2.5k ;");
    CHECK(even[0].rate_from == 2500);
    CHECK(even[0].rate_to == 2500);
    CHECK(even[0].seconds == 0.5);
    const auto closed = right("connections=10..200;for=1m30s");
    CHECK_FALSE(closed[0].open());
    CHECK(closed[0].connections_from == 10);
    CHECK(closed[0].connections_to == 200);
    CHECK(closed[0].seconds == 90);
    const auto stairs = right("rate=100..500;steps=5;for=10s;name=s");
    REQUIRE(stairs.size() == 5);
    CHECK(stairs[1].rate_from == Approx(200));
    CHECK(stairs[1].rate_to == Approx(200));
    CHECK(stairs[4].rate_to == Approx(500));
    CHECK(stairs[2].seconds == Approx(2));
    CHECK(stairs[4].name == "s 5");
}

TEST_CASE("phases that cannot be") {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"", "needs rate=NUMBER or connections=NUMBER"},
        {"for=10s", "needs rate=NUMBER or connections=NUMBER"},
        {"rate=100", "needs for=TIME, as in for=10s"},
        {"rate=5;connections=5;for=1s", "takes rate or connections, not both"},
        {"rate=0;for=1s", "\"0\" is no rate: requests per second up to 10m, as in rate=500 or rate=100..5k"},
        {"rate=1..x;for=1s", "\"1..x\" is no rate: requests per second up to 10m, as in rate=500 or rate=100..5k"},
        {"rate=11m;for=1s", "\"11m\" is no rate: requests per second up to 10m, as in rate=500 or rate=100..5k"},
        {"rate=5;for=0", "\"0\" is no time above 0 and up to 7d, as in for=10s"},
        {"rate=5;for=8d", "\"8d\" is no time above 0 and up to 7d, as in for=10s"},
        {"rate=5;fro=1s", "there is no \"fro\"; did you mean \"for\"?"},
        {"rate=5;zzzzz=1s", "there is no \"zzzzz\"; there are rate, connections, for, steps and name"},
        {"rate;for=1s", "rate needs a value after \"=\""},
        {"connections=0;for=1s", "\"0\" is no number of connections: 1 to 100000, as in connections=10..200"},
        {"rate=5..9;steps=1;for=1s", "\"1\" is no number of steps: 2 to 100"},
        {"rate=5;steps=3;for=1s", "has steps, but goes from and to the same; a range is written rate=100..500"},
        {"rate=5;for=1s;name=", "a name is not empty"},
    };
    for (const auto& [text, message] : rows) {
        INFO(text);
        CHECK(parse_phase(text).message == message);
    }
}

TEST_CASE("constant arrivals are even") {
    const auto s = schedule({"rate=1000;for=2s"});
    const auto list = arrivals(s);
    REQUIRE(list.size() == 2000);
    CHECK(list[0] == 0);
    for (std::size_t i = 0; i < list.size(); ++i) CHECK(list[i] == Approx(static_cast<double>(i) / 1000).margin(1e-9));
}

TEST_CASE("threads share an even row in turn") {
    const auto s = schedule({"rate=100..400;for=3s", "rate=50;for=1s"});
    const auto one = arrivals(s);
    std::vector<double> three;
    for (unsigned i = 0; i < 3; ++i)
        for (const double at : arrivals(s, i, 3)) three.push_back(at);
    std::ranges::sort(three);
    REQUIRE(three.size() == one.size());
    for (std::size_t i = 0; i < one.size(); ++i) CHECK(three[i] == Approx(one[i]));
}

TEST_CASE("a ramp has the integral of its rate by each time, upwards, downwards and from next to nothing") {
    for (const char* text :
         {"rate=100..5000;for=10s", "rate=5000..100;for=10s", "rate=0.001..800;for=4s", "rate=300..300.0001;for=5s"}) {
        INFO(text);
        const auto s = schedule({text});
        const Phase& p = s.phases().front();
        const auto list = arrivals(s);
        CHECK(std::abs(static_cast<double>(list.size()) - (p.rate_from + p.rate_to) / 2 * p.seconds) <= 1);
        CHECK(std::ranges::is_sorted(list));
        for (std::size_t i = 0; i < list.size(); i += 97) {
            const double t = list[i];
            const double integral = p.rate_from * t + (p.rate_to - p.rate_from) / p.seconds * t * t / 2;
            CHECK(integral == Approx(static_cast<double>(i)).margin(1e-3));
        }
    }
}

TEST_CASE("phases follow each other, and each arrival knows its own") {
    const auto s = schedule({"rate=100;for=1s", "rate=1000;for=500ms;name=spike", "rate=10;for=1s"});
    CHECK(s.seconds() == Approx(2.5));
    CHECK(s.arrivals() == Approx(610));
    std::vector<int> counts(3);
    Arrivals of(s, 0, 1, false, 1);
    while (const auto due = of.next()) {
        ++counts[due->phase];
        CHECK(due->seconds >= s.start_of(due->phase) - 1e-9);
        CHECK(due->seconds <= s.end_of(due->phase) + 1e-9);
    }
    CHECK(counts == std::vector<int>{100, 500, 10});
    CHECK(s.phase_at(0) == 0);
    CHECK(s.phase_at(1.2) == 1);
    CHECK(s.phase_at(99) == 2);
}

TEST_CASE("Poisson arrivals have the rate and the spread of Poisson's") {
    const auto s = schedule({"rate=5000;for=20s"});
    std::vector<double> list;
    for (unsigned i = 0; i < 2; ++i)
        for (const double at : arrivals(s, i, 2, true, 42)) list.push_back(at);
    std::ranges::sort(list);
    // 100000 expected; the deviation is 316.
    CHECK(std::abs(static_cast<double>(list.size()) - 100000) < 2000);
    double sum = 0, squares = 0;
    for (std::size_t i = 1; i < list.size(); ++i) {
        const double gap = list[i] - list[i - 1];
        sum += gap;
        squares += gap * gap;
    }
    const double n = static_cast<double>(list.size() - 1), mean = sum / n;
    CHECK(mean == Approx(1.0 / 5000).epsilon(0.02));
    CHECK(std::sqrt(squares / n - mean * mean) == Approx(mean).epsilon(0.03));  // of an exponential they are the same
    CHECK(arrivals(s, 0, 1, true, 42) == arrivals(s, 0, 1, true, 42));
    CHECK(arrivals(s, 0, 1, true, 42) != arrivals(s, 0, 1, true, 43));
}

TEST_CASE("connections of a closed loop go up and down with the phases") {
    const auto s = schedule({"connections=10..20;for=10s", "connections=5;for=1s"});
    CHECK(s.connections_at(0) == 10);
    CHECK(s.connections_at(5) == 15);
    CHECK(s.connections_at(9.99) == 20);
    CHECK(s.connections_at(10.5) == 5);
    CHECK(arrivals(s).empty());
}
