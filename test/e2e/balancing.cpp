// Which origin gets a request.
#include <map>

#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

using Counts = std::map<std::string, int>;

/// `count` requests, each on a connection of its own: how many got each answer.
Counts ask_often(const Sluice& proxy, int count) {
    Counts out;
    for (int i = 0; i < count; ++i) ++out[proxy.get().body];
    return out;
}

}  // namespace

TEST_CASE("three origins get a hundred each of three hundred requests, over two workers") {
    const Origin a(ok("a")), b(ok("b")), c(ok("c"));
    const Sluice proxy("--threads 2" + backends(a, b, c));
    CHECK(ask_often(proxy, 300) == Counts{{"a", 100}, {"b", 100}, {"c", 100}});
}

TEST_CASE("three origins get a hundred each of three hundred requests on one connection") {
    const Origin a(ok("a")), b(ok("b")), c(ok("c"));
    const Sluice proxy("--threads 2" + backends(a, b, c));
    Socket client = proxy.connect();
    Counts counts;
    for (int i = 0; i < 300; ++i) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        ++counts[read_response(client).body];
    }
    CHECK(counts == Counts{{"a", 100}, {"b", 100}, {"c", 100}});
}

TEST_CASE("weights share out the requests") {
    const Origin a(ok("a")), b(ok("b")), c(ok("c"));
    const Sluice proxy("--threads 2 --backend " + a.address() + ";weight=2" + backends(b, c));
    CHECK(ask_often(proxy, 200) == Counts{{"a", 100}, {"b", 50}, {"c", 50}});
}

TEST_CASE("least_conn shares equally among origins that are idle") {
    const Origin a(ok("a")), b(ok("b"));
    const Sluice proxy("--threads 2 --balance least_conn" + backends(a, b));
    CHECK(ask_often(proxy, 100) == Counts{{"a", 50}, {"b", 50}});
}

TEST_CASE("least_conn avoids an origin that is busy") {
    Gate gate;
    const auto slow = [&gate](Origin::Visit& visit) {
        visit.read_request();
        gate.wait();
        visit.send(ok("slow"));
    };
    const Origin busy(slow), idle(ok("idle"));
    const Sluice proxy("--threads 2 --balance least_conn" + backends(busy, idle));
    // Of the first two requests one goes to each: they are equal.
    Socket first = proxy.connect(), second = proxy.connect();
    first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    busy.wait_for_requests(1);
    idle.wait_for_requests(1);
    CHECK(ask_often(proxy, 20) == Counts{{"idle", 20}});
    gate.open();
}

TEST_CASE("a backup gets requests only while the others are down") {
    Origin main(ok("main"));
    const Origin spare(ok("spare"));
    const Sluice proxy("--backend " + main.address() + ";fail_timeout=1ms --backend " + spare.address() + ";backup");
    CHECK(ask_often(proxy, 10) == Counts{{"main", 10}});
    main.stop();
    CHECK(ask_often(proxy, 10) == Counts{{"spare", 10}});
    main.start();
    // The last trial may have been within the last millisecond.
    for (int tries = 0; tries < 1000 && proxy.get().body != "main"; ++tries) {
    }
    CHECK(ask_often(proxy, 10) == Counts{{"main", 10}});
}
