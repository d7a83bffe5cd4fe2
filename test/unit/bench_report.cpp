// What is said of a run: the text, the line on a terminal, windows of several threads.
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "bench/board.hpp"
#include "bench/conf_report.hpp"
#include "bench/progress.hpp"
#include "bench/report.hpp"
#include "support/golden.hpp"

using namespace sluice;
using namespace sluice::bench;

namespace {

const test::Golden golden("bench");

Part part(Phase phase, double seconds, std::uint64_t answers, std::int64_t from, std::int64_t to) {
    Part out;
    out.phase = std::move(phase);
    out.seconds = seconds;
    out.due = answers + 3;
    out.finished = out.tally.answers = answers;
    out.tally.status[200] = answers - 5;
    out.tally.status[503] = 5;
    for (std::uint64_t i = 0; i < answers; ++i) {
        const auto value = from + (to - from) * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(answers - 1);
        out.latency.record(value);
        out.service.record(value / 2);
    }
    return out;
}

Plan open_plan() {
    Plan plan;
    Phase calm, spike;
    calm.seconds = 2;
    calm.rate_from = 100;
    calm.rate_to = 500;
    spike.name = "spike";
    spike.seconds = 1;
    spike.rate_from = spike.rate_to = 12000;
    plan.phases = {calm, spike};
    plan.threads = 2;
    return plan;
}

Result result_of(const Plan& plan) {
    Result out;
    out.parts = {part(plan.phases[0], 2, 600, 80'000, 900'000), part(plan.phases[1], 1, 1000, 100'000, 2'500'000'000)};
    out.parts[1].tally.add(Trouble::timeout);
    out.parts[1].tally.add(Trouble::connect);
    out.parts[1].tally.add(Trouble::unsent);
    out.add_up();
    out.total.tally.bytes_in = 12'345'678;
    out.total.tally.connections = 52;
    out.total.tally.retried = 2;
    out.connect.record(450'000);
    out.words[static_cast<std::size_t>(Trouble::connect)] = "Connection refused";
    out.busy = 0.97;
    out.interrupted = true;
    return out;
}

Window window(std::uint64_t answers, std::int64_t latency) {
    Window out;
    out.answers = answers;
    for (std::uint64_t i = 0; i < answers; ++i) out.latency.record(latency);
    return out;
}

}  // namespace

TEST_CASE("the text of a result") {
    const Plan plan = open_plan();
    golden.check("result.txt", result_text(plan, result_of(plan)));
}

TEST_CASE("JSON has what the text has") {
    const Plan plan = open_plan();
    const auto json = result_json("n", plan, result_of(plan));
    CHECK(json.at("answers") == 1600);
    CHECK(json.at("failed") == 3);
    CHECK(json.at("troubles").at("unsent") == 1);
    CHECK(json.at("phases").as_array().size() == 2);
    CHECK(json.at("phases").at(1).at("name") == "spike");
    CHECK(json.at("latency_ms").at("max").as_double() == Approx(2500));
    CHECK(json.at("warnings").as_array().size() == 2);
    CHECK(boost::json::serialize(json).find("null") == std::string::npos);
}

TEST_CASE("the text of a conf's routes") {
    Plan plan;
    plan.phases.resize(1);
    plan.phases[0].seconds = 2;
    plan.phases[0].connections_from = plan.phases[0].connections_to = 50;
    ConfResult conf;
    conf.conf = "site.conf";
    RouteResult row;
    row.route = {"server a.test", {"site.conf", 3}, "location /", {"site.conf", 5}, {}, "", "to api", 0, ""};
    row.result.total = part(plan.phases[0], 2, 4000, 1'000'000, 9'000'000);
    row.cpu = 0.06;
    conf.driven.push_back(row);
    row.route.title = "";
    row.result.total = {};
    row.result.total.tally.trouble[static_cast<std::size_t>(Trouble::closed)] = 7;
    conf.driven.push_back(row);
    row.route.title = "location @down";
    row.route.from = "location /, its backend breaks off";
    row.route.leads = "502";
    row.route.status = 502;
    row.route.approach.peers = explain::PeerAnswer{.group = "api", .reset = true};
    row.result.total = part(plan.phases[0], 2, 100, 1'000'000, 9'000'000);
    conf.driven.push_back(row);
    row.led_on = 100;
    conf.driven.push_back(row);
    conf.left.push_back(
        {"server a.test", {"site.conf", 3}, "location @x", {"site.conf", 9}, {}, "", "", 0, "it has a name"});
    conf.notes = {"a note"};
    golden.check("routes.txt", conf_text(plan, conf));
    const auto json = conf_json(plan, conf);
    CHECK(json.at("routes").at(0).at("cpu_us").as_double() == Approx(15));
    CHECK(json.at("not_driven").at(0).at("why") == "it has a name");
}

TEST_CASE("what a conf has of control bytes does not get to the terminal") {
    const std::string odd = "a\x1b[2J\x7f\r\n\t\x01";
    ConfResult conf;
    RouteResult row;
    row.route = {"server " + odd, {odd, 3}, "location " + odd, {odd, 5}, {}, odd, "to " + odd, 0, ""};
    conf.driven.push_back(row);
    row.route.why_not = "led to " + odd;
    conf.left.push_back(row.route);
    conf.notes = {odd};
    Plan plan;
    plan.phases.resize(1);
    const std::string text = conf_text(plan, conf);
    CHECK(std::ranges::all_of(text, [](unsigned char c) { return c == '\n' || (c >= 0x20 && c != 0x7f); }));
    CHECK(text.find("location a\\x1B[2J\\x7F\\x0D\\x0A\\x09\\x01") != text.npos);
}

TEST_CASE("statuses beyond those of HTTP are counted as one, and looked for there") {
    RouteResult row;
    row.result.total.tally.answers = row.result.total.tally.status[599] = 7;
    for (const int status : {599, 600, 700, 999}) {
        row.route.status = status;
        CHECK(row.doubt() == "");
    }
    row.result.total.tally.status[599] = 0;
    row.result.total.tally.status[200] = 7;
    CHECK(row.doubt() == "no answer has the status 999 that it leads to");
}

TEST_CASE("times, rates and sizes") {
    CHECK(time_text(0) == "0.00 us");
    CHECK(time_text(999) == "1.00 us");
    CHECK(time_text(12'345) == "12.3 us");
    CHECK(time_text(999'499) == "999 us");
    CHECK(time_text(999'500) == "1.00 ms");
    CHECK(time_text(9'994'000) == "9.99 ms");
    CHECK(time_text(9'996'000) == "10.0 ms");
    CHECK(time_text(1'500'000'000) == "1.50 s");
    CHECK(rate_text(0) == "0");
    CHECK(rate_text(2.5) == "2.50");
    CHECK(rate_text(9999) == "9999");
    CHECK(rate_text(12345) == "12.3k");
    CHECK(rate_text(2'500'000) == "2.50M");
    CHECK(bytes_text(999) == "999 B");
    CHECK(bytes_text(1500) == "1.50 KB");
}

TEST_CASE("the line on a terminal fits it") {
    Glance glance{5, 10, Moment{5, 0.1, 100, 0, 1'000'000, 9'000'000, 9'000'000}, 3};
    CHECK(progress_line(glance, 200) ==
          "[==========          ] 5.0 of 10.0 s  1000/s  failed 3  p50 1.00 ms  p99 9.00 ms");
    CHECK(progress_line(glance, 30).size() == 30);
    glance.of = 0;
    CHECK(progress_line(glance, 200).starts_with("5.0 s  1000/s"));
    CHECK(progress_line({-1.5, 10, std::nullopt, 0}, 200) == "warming up, 1.5 s");
    CHECK(progress_line({99, 10, std::nullopt, 0}, 200) == "[====================] 10.0 of 10.0 s");
}

TEST_CASE("a window is told when every thread has reported it, or has left") {
    Board board(2, 0.5);
    board.report(0, 0.5, window(10, 1000));
    CHECK_FALSE(board.latest());
    board.report(1, 0.5, window(5, 1000));
    board.report(0, 0.5, window(30, 3000));
    REQUIRE(board.latest());
    CHECK(board.latest()->at == 0.5);
    CHECK(board.latest()->answers == 40);
    CHECK(board.latest()->p50 >= 3000);
    board.leave(0);
    REQUIRE(board.moments().size() == 2);
    CHECK(board.moments()[1].answers == 5);
    Window last = window(1, 1);
    last.failed = 4;
    board.report(2, 0.2, last);
    board.leave(2);
    CHECK(board.latest()->at == Approx(1.2));
    CHECK(board.failed() == 4);
}
