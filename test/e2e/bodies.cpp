// Bodies in every framing, in both directions, and the answers that come before or without one.
#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::string long_text() {
    std::string out;
    for (int i = 0; out.size() < 300'000; ++i) out += std::to_string(i) + ' ';
    return out;
}

/// In chunks of odd sizes, with an extension now and then.
std::string in_chunks(std::string_view text) {
    std::string out;
    char head[32];
    for (std::size_t size = 1; !text.empty(); size = size * 3 + 1) {
        const auto piece = text.substr(0, size % 50'000 + 1);
        std::snprintf(head, sizeof head, "%zx%s\r\n", piece.size(), size % 2 ? ";a=b" : "");
        ((out += head) += piece) += "\r\n";
        text.remove_prefix(piece.size());
    }
    return out + "0\r\n\r\n";
}

}  // namespace

TEST_CASE("a body with a length reaches the client whole") {
    const std::string text = long_text();
    const Origin origin(ok(text));
    const Sluice proxy(backends(origin));
    const Message answer = proxy.get();
    CHECK(answer["Content-Length"] == std::to_string(text.size()));
    CHECK((answer.body == text));
}

TEST_CASE("a chunked body reaches the client whole") {
    const std::string text = long_text();
    const Origin origin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + in_chunks(text));
    const Sluice proxy("--threads 1" + backends(origin));
    for (int i = 0; i < 2; ++i) {
        const Message answer = proxy.get();
        CHECK(answer["Transfer-Encoding"] == "chunked");
        CHECK((answer.body == text));
    }
    CHECK(origin.connections() == 1);
}

TEST_CASE("a body until the end of the connection reaches the client whole, in chunks") {
    const std::string text = long_text();
    const auto until_close = [&text](Origin::Visit& visit) {
        visit.read_request();
        visit.send("HTTP/1.1 200 OK\r\n\r\n" + text);
    };
    const Origin origin(until_close);
    const Sluice proxy(backends(origin));
    const Message answer = proxy.get();
    CHECK(answer["Transfer-Encoding"] == "chunked");
    CHECK((answer.body == text));
}

TEST_CASE("a request's body with a length reaches the origin whole") {
    const std::string text = long_text();
    const Origin origin(ok("got it"));
    const Sluice proxy(backends(origin));
    CHECK(
        proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(text.size()) + "\r\n", text).body ==
        "got it");
    CHECK(origin.last()["Content-Length"] == std::to_string(text.size()));
    CHECK((origin.last().body == text));
}

TEST_CASE("a request's chunked body reaches the origin whole") {
    const std::string text = long_text();
    const Origin origin(ok("got it"));
    const Sluice proxy(backends(origin));
    CHECK(proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n", in_chunks(text)).body == "got it");
    CHECK(origin.last()["Transfer-Encoding"] == "chunked");
    CHECK_FALSE(origin.last().has("Content-Length"));
    CHECK((origin.last().body == text));
}

TEST_CASE("an empty body is still a body: Content-Length: 0 is passed on, no length stays no length") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n");
    CHECK(origin.last()["Content-Length"] == "0");
    proxy.ask("DELETE / HTTP/1.1\r\nHost: a\r\n");
    CHECK_FALSE(origin.last().has("Content-Length"));
    CHECK_FALSE(origin.last().has("Transfer-Encoding"));
}

TEST_CASE("trailers of a chunked answer are passed on") {
    const Origin origin(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 42\r\nX-More: yes\r\n\r\n");
    const Sluice proxy(backends(origin));
    const Message answer = proxy.get();
    CHECK(answer.body == "hi");
    CHECK(answer.trailer("X-Sum") == "42");
    CHECK(answer.trailer("X-More") == "yes");
}

TEST_CASE("trailers of a chunked request are passed on, but none that would change its meaning") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    proxy.ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n",
              "2\r\nhi\r\n0\r\nX-Sum: 42\r\nHost: evil\r\nContent-Length: 7\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n");
    CHECK(origin.last().body == "hi");
    CHECK(origin.last().trailers == Message::Fields{{"X-Sum", "42"}});
}

TEST_CASE("an answer to HEAD has a length but no body, and the connection lives on") {
    const Origin origin("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    for (int i = 0; i < 3; ++i) {
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(read_response(client, "HEAD")["Content-Length"] == "1000");
    }
    CHECK(origin.requests() == 3);
}

TEST_CASE("204 and 304 have no body, whatever their heads say") {
    const std::string head =
        GENERATE(as<std::string>(), "204 No Content\r\n", "304 Not Modified\r\nContent-Length: 1000\r\n",
                 "304 Not Modified\r\nTransfer-Encoding: chunked\r\n");
    const Origin origin("HTTP/1.1 " + head + "ETag: \"x\"\r\n\r\n");
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    for (int i = 0; i < 3; ++i) {
        client.send(get);
        const Message answer = read_response(client);
        CHECK(std::to_string(answer.status) == head.substr(0, 3));
        CHECK(answer["ETag"] == "\"x\"");
    }
    CHECK(origin.connections() == 1);
}

TEST_CASE("a client that expects 100-continue gets it, and the origin does not see the expectation") {
    const Origin origin(ok("got it"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    CHECK(read_response(client).start_line == "HTTP/1.1 100 Continue");
    client.send("hello");
    CHECK(read_response(client).body == "got it");
    CHECK_FALSE(origin.last().has("Expect"));
    CHECK(origin.last().body == "hello");
}

TEST_CASE("a client that does not wait for 100-continue gets none") {
    const Origin origin(ok("got it"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello");
    CHECK(read_response(client).body == "got it");
}

TEST_CASE("another expectation is nobody's business") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    CHECK(proxy.ask("GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n").status == 200);
    CHECK(origin.requests() == 1);
}

TEST_CASE("103 is passed on, 100 of the origin is not") {
    const Origin origin("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" +
                        ok("final"));
    const Sluice proxy("--threads 1" + backends(origin));
    Socket client = proxy.connect();
    for (int i = 0; i < 2; ++i) {
        client.send(get);
        const Message hints = read_response(client);
        CHECK(hints.status == 103);
        CHECK(hints["Link"] == "</a.css>");
        CHECK(read_response(client).body == "final");
    }
    CHECK(origin.connections() == 1);
}

TEST_CASE("an HTTP/1.0 client gets no interim answers") {
    const Origin origin("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + ok("final"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(read_response(client).body == "final");
}

TEST_CASE("an answer that comes before the request's body is finished reaches the client at once") {
    const auto hasty = [](Origin::Visit& visit) {
        visit.read_head();
        visit.send("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nno!");
        visit.socket.read_to_end();
    };
    const Origin origin(hasty);
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nhello");
    const Message answer = read_response(client);
    CHECK(answer.status == 413);
    CHECK(answer.body == "no!");
    CHECK(answer["Connection"] == "close");
    CHECK(client.ends());
}

TEST_CASE("an answer can stream while the request's body still does") {
    const auto echo = [](Origin::Visit& visit) {
        visit.read_head();
        visit.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        for (int i = 0; i < 5; ++i) visit.send(visit.socket.read_exactly(2));
        visit.socket.read_to_end();
    };
    const Origin origin(echo);
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
    client.read_until("\r\n\r\n");
    for (const char* piece : {"ab", "cd", "ef", "gh", "ij"}) {
        client.send(piece);
        CHECK(client.read_exactly(2) == piece);
    }
}
