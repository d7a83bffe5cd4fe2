// Clients that leave before they have their answer.
#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {
const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
}

TEST_CASE("a client that leaves in the middle of its body: the origin gets no whole request, and no other is asked") {
    const bool in_chunks = GENERATE(true, false), resets = GENERATE(true, false);
    Gate begun, ended;
    std::string body;
    const auto listens = [&](Origin::Visit& visit) {
        visit.read_head();
        begun.open();
        body = visit.socket.read_to_end().first;
        ended.open();
    };
    const Origin origin(listens), other(listens);
    const Folder folder;
    const Sluice proxy("--access-log " + folder / "log" + backends(origin, other));
    Socket client = proxy.connect();
    client.send("PUT / HTTP/1.1\r\nHost: a\r\n" + std::string(in_chunks ? "Transfer-Encoding: chunked\r\n\r\na\r\nhello"
                                                                        : "Content-Length: 10\r\n\r\nhello"));
    begun.wait();
    resets ? client.reset() : client.close();
    ended.wait();
    CHECK(body.find("0\r\n\r\n") == std::string::npos);
    CHECK(wait_for_lines(folder / "log", 1)[0].find(" 499 0 ") != std::string::npos);
    CHECK(origin.connections() + other.connections() == 1);
}

TEST_CASE("a client that leaves during a download: the origin is let go") {
    Gate ended;
    const auto endless = [&](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        try {
            for (const std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";;) visit.send(chunk);
        } catch (const Closed&) {
            ended.open();
        }
    };
    const Origin origin(endless);
    const Folder folder;
    const Sluice proxy("--access-log " + folder / "log" + backends(origin));
    Socket client = proxy.connect();
    client.send(get);
    client.read_exactly(1'000'000);
    client.close();
    ended.wait();
    CHECK(wait_for_lines(folder / "log", 1)[0].find("reason=client_closed") != std::string::npos);
    CHECK(proxy.errors().find(" is down ") == std::string::npos);
}

TEST_CASE("a client that is reset while it waits: the origin is let go at once") {
    Gate begun, ended;
    const auto waits = [&](Origin::Visit& visit) {
        visit.read_request();
        begun.open();
        visit.socket.read_to_end();
        ended.open();
    };
    const Origin origin(waits);
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send(get);
    begun.wait();
    client.reset();
    ended.wait();
    CHECK(proxy.errors().find(" is down ") == std::string::npos);
}

TEST_CASE("a hundred clients that leave at any time harm no other") {
    const Origin origin(ok(std::string(100'000, 'x')));
    const Sluice proxy("--threads 2" + backends(origin));
    for (std::size_t i = 0; i < 100; ++i) {
        Socket client = proxy.connect();
        client.send(std::string_view(get).substr(0, i % 2 ? get.size() : i % get.size()));
        if (i % 4 == 1) client.read_exactly(i * 500);
        if (i % 3 == 0) client.reset();
    }
    CHECK(proxy.get().body.size() == 100'000);
    CHECK(proxy.errors().find("[error]") == std::string::npos);
}
