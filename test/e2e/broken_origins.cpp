// Origins that do not keep to HTTP, or leave in the middle.
#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const std::string post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi";

/// Reads one request, answers with `bytes` and closes.
Origin::Script once(std::string bytes) {
    return [bytes = std::move(bytes)](Origin::Visit& visit) {
        visit.read_request();
        visit.send(bytes);
    };
}

std::string times(int count, std::string_view text) {
    std::string out;
    while (count-- > 0) out += text;
    return out;
}

}  // namespace

TEST_CASE(
    "an answer whose length is ambiguous or whose head is malformed becomes a 502, and nothing of it is passed on") {
    const auto answer =
        GENERATE(as<std::string>(),
                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsplit\r\n0\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nsplit",
                 "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nsplit", "HTTP/1.1 200 OK\r\nsplit this\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nX: 1\r\n split\r\n\r\n", "HTTP/1.1 200 OK\r\nX : split\r\n\r\n",
                 "HTTP/1.1 2000 split\r\n\r\n", "split split split\r\n\r\n", "HTTP/2.0 200 split\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: split\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nsplit\r\n");
    INFO(answer);
    const Origin origin(once(answer));
    const Sluice proxy(backends(origin));
    const Message got = proxy.get();
    CHECK(got.status == 502);
    CHECK(got.body.find("reason: peer_malformed") != std::string::npos);
    CHECK((got.head + got.body).find("split") == std::string::npos);
}

TEST_CASE("the error log says what is wrong with an answer") {
    struct Row {
        std::string answer, mistake;
    };
    const auto row = GENERATE(
        Row{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nsplit", "(response head): more than one Content-Length after "},
        Row{"HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "(response head): "},
        Row{"HTTP/1.1 101 OK\r\n\r\n", "(response head): 101, and it was not asked for a WebSocket after "},
        Row{"HTTP/1.1 200 OK\r\nConnection: " + times(1000, "a,") + "\r\n\r\n", "(response head): too many options in Connection after "},
        Row{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "(response body): a chunk or a trailer is malformed after "});
    INFO(row.answer);
    const Origin origin(once(row.answer));
    const Sluice proxy(backends(origin));
    proxy.get();
    const std::string line = proxy.wait_for_error("peer sent an answer that is not valid HTTP/1.1");
    INFO(line);
    CHECK(line.find("not valid HTTP/1.1 " + row.mistake) != std::string::npos);
    CHECK(line.find("(response head) after") == std::string::npos);
}

TEST_CASE("bytes that come with the end of an answer are seen by nobody, and the connection is not used again") {
    const auto excess = [](Origin::Visit& visit) {
        for (;;) {
            visit.read_request();
            visit.send(ok("answer " + std::to_string(visit.number)) + ok("evil"));
        }
    };
    const Origin origin(excess);
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    for (int i = 1; i <= 5; ++i) {
        client.send(get);
        CHECK(read_response(client).body == "answer " + std::to_string(i));
    }
    CHECK(origin.connections() == 5);
}

TEST_CASE("bytes that come when the answer is long over are seen by nobody, and the connection is not used again") {
    Gate say_more, ended;
    const auto excess = [&](Origin::Visit& visit) {
        visit.read_request();
        visit.send(ok("answer " + std::to_string(visit.number)));
        if (visit.number > 1) return;
        say_more.wait();
        visit.send(ok("evil"));
        visit.socket.read_to_end();
        ended.open();
    };
    const Origin origin(excess);
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    client.send(get);
    CHECK(read_response(client).body == "answer 1");
    say_more.open();
    ended.wait();
    client.send(get);
    CHECK(read_response(client).body == "answer 2");
}

TEST_CASE("a body shorter than it said is cut off for the client as well") {
    const auto [name, answer] = GENERATE(table<std::string, std::string>(
        {{"length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"},
         {"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
         {"within a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello"}}));
    INFO(name);
    const Origin origin(once(answer));
    const Folder folder;
    const Sluice proxy("--access-log " + folder / "log" + backends(origin));
    Socket client = proxy.connect();
    client.send(get);
    CHECK_THROWS_AS(read_response(client), Closed);
    CHECK(wait_for_lines(folder / "log", 1)[0].find("reason=peer_truncated") != std::string::npos);
}

TEST_CASE("a chunked body that breaks off is a reset for an HTTP/1.0 client, who could not tell otherwise") {
    const Origin origin(once("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"));
    const Folder folder;
    const Sluice proxy("--access-log " + folder / "log" + backends(origin));
    Socket client = proxy.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(client.read_to_end().second == Ending::reset);
    CHECK(lines_of(read_file(folder / "log")).size() == 1);
}

TEST_CASE("a chunked body that goes wrong is never completed") {
    Gate gate;
    const auto wrong = [&gate](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        gate.wait();
        visit.send("+5\r\nworld\r\n0\r\n\r\n");
        visit.socket.read_to_end();
    };
    const Origin origin(wrong);
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send(get);
    client.read_until("hello\r\n");
    gate.open();
    CHECK(client.read_to_end().first == "");
}

TEST_CASE("a kept connection that the origin has closed is noticed: the next request works, whatever its method") {
    const std::string request = GENERATE(get, post);
    Gate closed;
    const auto closes = [&closed](Origin::Visit& visit) {
        visit.read_request();
        visit.send(ok("answer " + std::to_string(visit.number)));
        visit.close();
        if (visit.number == 1) closed.open();
    };
    const Origin origin(closes);
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    client.send(get);
    CHECK(read_response(client).body == "answer 1");
    closed.wait();
    client.send(request);
    CHECK(read_response(client).body == "answer 2");
    CHECK(origin.requests() == 2);
}

TEST_CASE("an origin that closes right after each answer without saying so: no request is lost") {
    const Origin origin(once(ok("a")));
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    for (int i = 0; i < 300; ++i) {
        client.send(get);
        REQUIRE(read_response(client).body == "a");
    }
    CHECK(origin.requests() == 300);
    CHECK(proxy.errors().find(" is down ") == std::string::npos);
}

TEST_CASE("an origin that resets kept connections when the next request comes: no idempotent request is lost") {
    const auto resets = [](Origin::Visit& visit) {
        visit.read_request();
        visit.send(ok("a"));
        visit.read_head();
        visit.reset();
    };
    const Origin origin(resets);
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    for (int i = 0; i < 100; ++i) {
        client.send(get);
        REQUIRE(read_response(client).body == "a");
    }
    CHECK(proxy.errors().find(" is down ") == std::string::npos);
}

TEST_CASE("an origin that floods with interim answers is cut off") {
    const auto floods = [](Origin::Visit& visit) {
        visit.read_request();
        for (;;) visit.send("HTTP/1.1 102 Processing\r\n\r\n");
    };
    const Origin origin(floods);
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(read_response(client).status == 502);
}
