// How long connections live, and what happens on them: reuse, pipelining, HTTP/1.0, half-closed clients.
#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Answers each request with its path.
void echo_path(Origin::Visit& visit) {
    for (;;) {
        const std::string line = visit.read_request().start_line;
        visit.send(ok(line.substr(4, line.rfind(' ') - 4)));
    }
}

}  // namespace

TEST_CASE("a connection to the origin is used again, also for other clients") {
    const Origin origin(ok("a"));
    const Sluice proxy("--threads 1" + backends(origin));
    for (int i = 0; i < 20; ++i) CHECK(proxy.get().body == "a");
    CHECK(origin.requests() == 20);
    CHECK(origin.connections() == 1);
}

TEST_CASE("a connection that the origin wants closed is not used again") {
    const Origin origin("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na");
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    for (int i = 0; i < 5; ++i) {
        client.send(get);
        const Message answer = read_response(client);
        CHECK(answer.body == "a");
        CHECK(answer["Connection"] == "keep-alive");
    }
    CHECK(origin.connections() == 5);
}

TEST_CASE("pipelined requests are answered in order") {
    const Origin a(echo_path), b(echo_path);
    const Sluice proxy("--threads 1" + backends(a, b));
    Socket client = proxy.connect();
    std::string all;
    for (int i = 0; i < 500; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(all);
    for (int i = 0; i < 500; ++i) REQUIRE(read_response(client).body == "/" + std::to_string(i));
}

TEST_CASE("a pipelined request behind a body is found, whether the body has a length or comes in chunks") {
    const Origin origin(echo_path);
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    client.send("PUT /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" +
                std::string("PUT /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n") +
                get);
    CHECK(read_response(client).body == "/1");
    CHECK(read_response(client).body == "/2");
    CHECK(read_response(client).body == "/");
    CHECK(origin.seen()[0].body == "hello");
    CHECK(origin.seen()[1].body == "hello");
}

TEST_CASE("a request that comes a byte at a time is one request") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    for (const char c : "PUT /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n" + get)
        client.send({&c, 1});
    CHECK(read_response(client).body == "a");
    CHECK(read_response(client).body == "a");
    CHECK(origin.seen().at(0).body == "hi");
}

TEST_CASE("Connection: close of a client ends the connection after the answer") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const Message answer = read_response(client);
    CHECK(answer.body == "a");
    CHECK(answer["Connection"] == "close");
    CHECK(client.ends());
}

TEST_CASE("an HTTP/1.0 client gets its answer and the connection ends") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    const Message answer = read_response(client);
    CHECK(answer.body == "a");
    CHECK(answer["Connection"] == "close");
    CHECK(client.ends());
    CHECK(origin.last().start_line == "GET / HTTP/1.1");
    CHECK(origin.last().has("Host"));
}

TEST_CASE("an HTTP/1.0 client that asks for keep-alive gets it") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    for (int i = 0; i < 3; ++i) {
        client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        const Message answer = read_response(client);
        CHECK(answer.body == "a");
        CHECK(answer["Connection"] == "keep-alive");
    }
}

TEST_CASE("an HTTP/1.0 client never gets chunks: the body lasts until the end, also with keep-alive") {
    const Origin origin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const Message answer = read_response(client);
    CHECK_FALSE(answer.has("Transfer-Encoding"));
    CHECK(answer["Connection"] == "close");
    CHECK(answer.body == "hello world");
}

TEST_CASE("an HTTP/1.0 origin whose body lasts until the end: chunks for an HTTP/1.1 client") {
    const auto old = [](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.0 200 OK\r\n\r\nhello");
    };
    const Origin origin(old);
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    for (int i = 0; i < 3; ++i) {
        client.send(get);
        const Message answer = read_response(client);
        CHECK(answer.start_line == "HTTP/1.1 200 OK");
        CHECK(answer["Transfer-Encoding"] == "chunked");
        CHECK(answer.body == "hello");
    }
    CHECK(origin.connections() == 3);
}

TEST_CASE("an HTTP/1.0 origin with a length is asked on a new connection each time") {
    const auto old = [](Origin::Visit& visit) {
        for (;;) {
            visit.read_request();
            visit.send("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        }
    };
    const Origin origin(old);
    const Sluice proxy("--threads 1" + backends(origin));
    CHECK(proxy.get().body == "hello");
    CHECK(proxy.get().body == "hello");
    CHECK(origin.connections() == 2);
}

TEST_CASE("a client that has closed its half still gets its answer, and the connection then ends") {
    Gate gate;
    const auto slow = [&gate](Origin::Visit& visit) {
        visit.read_request();
        gate.wait();
        visit.send(ok("late"));
    };
    const Origin origin(slow);
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send(get);
    client.shutdown_send();
    origin.wait_for_requests(1);
    gate.open();
    CHECK(read_response(client).body == "late");
    CHECK(client.ends());
}

TEST_CASE("a client that says nothing and goes leaves no trace") {
    const Origin origin(ok("a"));
    const Folder folder;
    const Sluice proxy("--access-log " + folder / "log" + backends(origin));
    Socket client = proxy.connect();
    client.shutdown_send();
    CHECK(client.ends());
    CHECK(proxy.get().body == "a");
    CHECK(lines_of(read_file(folder / "log")).size() == 1);
}
