// The access log: every request, in time, and never in the way.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <regex>

#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {
const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
}

TEST_CASE("a line has nginx's combined fields, then times, peer and reason") {
    const Origin origin(ok("hello"));
    const Folder folder;
    const Sluice proxy("--access-log " + folder / "log" + backends(origin));
    proxy.ask("GET /x?y=1 HTTP/1.1\r\nHost: a\r\nReferer: http://b/\r\nUser-Agent: test\r\n");
    const std::regex form(
        R"(127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "GET /x\?y=1 HTTP/1\.1" 200 5 "http://b/" "test" )"
        R"(rt=\d+\.\d{3} peer=)" +
        origin.address() + R"( ct=\d+\.\d{3} ht=\d+\.\d{3} ut=\d+\.\d{3} reason=- id=-)");
    const std::string line = lines_of(read_file(folder / "log")).at(0);
    INFO(line);
    CHECK(std::regex_match(line, form));
}

TEST_CASE("the line is in the file before the connection closes") {
    const Origin origin(ok("a"));
    const Folder folder;
    const Sluice proxy("--threads 2 --access-log " + folder / "log" + backends(origin));
    for (std::size_t i = 1; i <= 50; ++i) {
        proxy.get();
        REQUIRE(lines_of(read_file(folder / "log")).size() == i);
    }
}

TEST_CASE("the line of a refused request is in the file before the connection closes") {
    const Origin origin(ok("a"));
    const Folder folder;
    const Sluice proxy("--threads 2 --access-log " + folder / "log" + backends(origin));
    for (std::size_t i = 1; i <= 20; ++i) {
        CHECK(proxy.ask("GET / HTTP/1.1\r\n").status == 400);
        REQUIRE(lines_of(read_file(folder / "log")).size() == i);
    }
    CHECK(lines_of(read_file(folder / "log"))[0].find(" 400 ") != std::string::npos);
}

TEST_CASE("every request of a kept connection has its line, pipelined or not") {
    const Origin origin(ok("a"));
    const Folder folder;
    const Sluice proxy("--access-log " + folder / "log" + backends(origin));
    Socket client = proxy.connect();
    std::string all;
    for (int i = 0; i < 100; ++i) all += get;
    client.send(all);
    for (int i = 0; i < 100; ++i) read_response(client);
    client.shutdown_send();
    CHECK(client.ends());
    CHECK(lines_of(read_file(folder / "log")).size() == 100);
}

TEST_CASE("what a client sends cannot forge a line: quotes, backslashes, controls and high bytes are escaped") {
    const Origin origin(ok("a"));
    const Folder folder;
    const Sluice proxy("--access-log " + folder / "log" + backends(origin));
    proxy.ask("GET /\"x\\ HTTP/1.1\r\nHost: a\r\nUser-Agent: a\"b\\c\td\xff\r\n");
    proxy.ask(std::string("GET /\x1b[1m HTTP/1.1\r\nHost: a\r\n"));
    const auto lines = lines_of(read_file(folder / "log"));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find(R"("GET /\x22x\x5C HTTP/1.1")") != std::string::npos);
    CHECK(lines[0].find(R"("a\x22b\x5Cc\x09d\xFF")") != std::string::npos);
    CHECK(lines[1].find(R"("GET /\x1B[1m HTTP/1.1" 400 )") != std::string::npos);
}

TEST_CASE("all lines are in the file when the program has ended") {
    const int number = GENERATE(SIGTERM, SIGQUIT);
    const Origin origin(ok("a"));
    const Folder folder;
    Sluice proxy("--threads 2 --access-log " + folder / "log" + backends(origin));
    std::vector<Socket> clients;
    for (int i = 0; i < 10; ++i) clients.push_back(proxy.connect());
    for (int i = 0; i < 500; ++i) {
        Socket& client = clients[static_cast<std::size_t>(i) % clients.size()];
        client.send(get);
        REQUIRE(read_response(client).status == 200);
    }
    proxy.signal(number);
    CHECK(proxy.wait() == 0);
    CHECK(lines_of(read_file(folder / "log")).size() == 500);
}

TEST_CASE("a request whose client has gone has its line") {
    Gate gate;
    const auto slow = [&gate](Origin::Visit& visit) {
        visit.read_request();
        gate.wait();
    };
    const Origin origin(slow);
    const Folder folder;
    const Sluice proxy("--access-log " + folder / "log" + backends(origin));
    Socket client = proxy.connect();
    client.send(get);
    origin.wait_for_requests(1);
    client.reset();
    CHECK(wait_for_lines(folder / "log", 1)[0].find(" 499 0 ") != std::string::npos);
    gate.open();
}

TEST_CASE("the access log can go to standard output") {
    const Origin origin(ok("a"));
    Sluice proxy("--access-log -" + backends(origin));
    proxy.get();
    proxy.signal(SIGTERM);
    CHECK(proxy.wait() == 0);
    CHECK(lines_of(proxy.process().output().wait_for_end()).size() == 1);
}

TEST_CASE("a log that nobody reads does not stall traffic, and dropped lines are told") {
    const Origin origin(ok("a"));
    const Folder folder;
    const std::string path = folder / "log";
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    const int reader = open(path.c_str(), O_RDWR | O_CLOEXEC);
    const Sluice proxy("--threads 1 --access-log " + path + backends(origin));
    Socket client = proxy.connect();
    // More than the pipe and the ring in front of it hold.
    const std::string target(1000, 'x');
    for (int i = 0; i < 2000; ++i) {
        client.send("GET /" + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
        REQUIRE(read_response(client).status == 200);
    }
    close(reader);  // now the log is broken, and not only slow
    CHECK(proxy.wait_for_error("lines dropped").find("sluice: ") == 0);
}
