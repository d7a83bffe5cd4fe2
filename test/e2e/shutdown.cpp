// Signals: stopping at once, stopping when done, new log files.
#include <csignal>

#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Sends half of its answer, and the rest when the gate opens.
Origin::Script halting(Gate& gate) {
    return [&gate](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        gate.wait();
        visit.send("world");
    };
}

void wait_until_refused(const Sluice& proxy) {
    const auto until = std::chrono::steady_clock::now() + patience;
    try {
        while (std::chrono::steady_clock::now() < until) proxy.connect();
        FAIL("still accepts");
    } catch (const Closed&) {
    }
}

}  // namespace

TEST_CASE("SIGTERM and SIGINT end at once with status 0, whatever is under way") {
    const int number = GENERATE(SIGTERM, SIGINT);
    Gate gate;
    const Origin origin(halting(gate));
    Sluice proxy("--threads 2" + backends(origin));
    Socket busy = proxy.connect(), idle = proxy.connect(), half = proxy.connect();
    busy.send(get);
    half.send("GET / HT");
    busy.read_until("hello");
    proxy.signal(number);
    CHECK(proxy.wait() == 0);
    CHECK(busy.read_to_end().first == "");
    CHECK(idle.read_to_end().first == "");
    gate.open();
}

TEST_CASE("SIGTERM ends whatever waits for a slow side: nothing is left over") {
    Gate gate;
    const std::string megabyte(1 << 20, 'x');
    const auto mixed = [&](Origin::Visit& visit) {
        visit.socket.take_little();
        const std::string line = visit.read_head().start_line;
        if (line.starts_with("GET /download")) {
            visit.send("HTTP/1.1 200 OK\r\n\r\n");
            while (visit.socket.wait_for_room(std::chrono::milliseconds(200))) visit.socket.send_some(megabyte);
        }
        if (line.starts_with("GET /chat"))
            visit.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        if (line.starts_with("POST /early")) visit.send("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n");
        gate.wait();
    };
    const Origin origin(mixed);
    Sluice proxy("--threads 1" + backends(origin));
    std::vector<Socket> clients;
    for (const char* head :
         {"GET /download HTTP/1.1", "POST /upload HTTP/1.1\r\nContent-Length: 1000000000",
          "GET /chat HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: websocket", "GET /wait HTTP/1.1",
          "POST /early HTTP/1.1\r\nContent-Length: 1000000000", "POST /body HTTP/1.1\r\nContent-Length: 10"}) {
        clients.push_back(proxy.connect());
        clients.back().take_little();
        clients.back().send(head + std::string("\r\nHost: a\r\n\r\n"));
    }
    origin.wait_for_requests(6);
    clients[0].read_until("\r\n\r\n");
    while (clients[1].wait_for_room(std::chrono::milliseconds(500))) clients[1].send_some(megabyte);
    clients[2].read_until("\r\n\r\n");
    clients[4].read_until("\r\n\r\n");  // lingers now
    clients.push_back(proxy.connect());
    clients.back().send("GET / HTTP/1.1\r\nHo");
    proxy.signal(SIGTERM);
    CHECK(proxy.wait() == 0);
    gate.open();
}

TEST_CASE("SIGQUIT closes idle connections, refuses new ones, finishes what is under way and ends with status 0") {
    Gate gate;
    const Origin origin(halting(gate)), other(ok("a"));
    Sluice proxy("--threads 2" + backends(origin, other));
    Socket busy = proxy.connect(), kept = proxy.connect(), fresh = proxy.connect();
    busy.send(get);
    busy.read_until("hello");
    kept.send(get);
    CHECK(read_response(kept).body == "a");
    proxy.signal(SIGQUIT);
    CHECK(kept.ends());
    CHECK(fresh.ends());
    wait_until_refused(proxy);
    gate.open();
    CHECK(busy.read_to_end() == std::pair<std::string, Ending>("world", Ending::closed));
    CHECK(proxy.wait() == 0);
}

TEST_CASE("SIGQUIT with nothing under way ends with status 0") {
    const Origin origin(ok("a"));
    Sluice proxy("--threads 2" + backends(origin));
    CHECK(proxy.get().body == "a");
    proxy.signal(SIGQUIT);
    CHECK(proxy.wait() == 0);
}

TEST_CASE("a signal right after the start is not lost") {
    const Origin origin(ok("a"));
    for (const int number : {SIGTERM, SIGQUIT, SIGINT}) {
        Sluice proxy(backends(origin));
        proxy.signal(number);
        CHECK(proxy.wait() == 0);
    }
}

TEST_CASE("SIGTERM ends a shutdown by SIGQUIT that takes too long") {
    Gate gate;
    const Origin origin(halting(gate));
    Sluice proxy(backends(origin));
    Socket busy = proxy.connect();
    busy.send(get);
    busy.read_until("hello");
    proxy.signal(SIGQUIT);
    wait_until_refused(proxy);
    proxy.signal(SIGTERM);
    CHECK(proxy.wait() == 0);
    gate.open();
}

TEST_CASE("SIGHUP changes nothing") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    proxy.signal(SIGHUP);
    CHECK(proxy.get().body == "a");
}

TEST_CASE("SIGUSR1 reopens the access log by its name") {
    const Origin origin(ok("a"));
    const Folder folder;
    const Sluice proxy("--threads 2 --access-log " + folder / "log" + backends(origin));
    proxy.get("/old");
    std::filesystem::rename(folder / "log", folder / "log.1");
    proxy.signal(SIGUSR1);
    wait_for_lines(folder / "log", 0);
    proxy.get("/new");
    CHECK(wait_for_lines(folder / "log", 1).at(0).find("/new") != std::string::npos);
    const auto old = lines_of(read_file(folder / "log.1"));
    REQUIRE(old.size() == 1);
    CHECK(old[0].find("/old") != std::string::npos);
}
