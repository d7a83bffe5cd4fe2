// A sample of what must not be forwarded, through the real program (test/conformance has the whole tables).
#include "support/catch.hpp"
#include "support/conf_server.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

namespace {

struct Refused {
    std::string name, bytes;
    int status;
};

std::string post(const std::string& fields, const std::string& body = "") {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

/// With a NUL inside.
std::string with_nul(std::string text) {
    text.replace(text.find("NUL"), 3, 1, '\0');
    return text;
}

const std::vector<Refused> refused = {
    {"length and chunks", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"two lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400},
    {"a list of lengths", post("Content-Length: 3, 4\r\n", "abcd"), 400},
    {"a length with a sign", post("Content-Length: +3\r\n", "abc"), 400},
    {"a length that overflows", post("Content-Length: 99999999999999999999\r\n", "abc"), 400},
    {"chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400},
    {"chunked not last", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), 400},
    {"a coding nobody knows", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
    {"chunks in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"a folded line", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", 400},
    {"a space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},
    {"a NUL in a value", with_nul("GET / HTTP/1.1\r\nHost: a\r\nX: NUL\r\n\r\n"), 400},
    {"a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r2\r\n\r\n", 400},
    {"a control character in the target", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
    {"userinfo in Host", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
    {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
    {"HTTP/0.9", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
    {"no HTTP at all", "\x16\x03\x01\x02\r\n\r\n", 400},
    {"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
    {"a list without end in Connection", "GET / HTTP/1.1\r\nHost: a\r\nConnection: " + std::string(100, ',') + "\r\n\r\n", 400},
    {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 400},
    {"CONNECT to a path", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 405},
    {"a long target", "GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
    {"a long field", "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n", 400},
};

}  // namespace

TEST_CASE("what is ambiguous or malformed is refused, the connection closed, the origin not contacted") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    for (const Refused& row : refused) {
        INFO(row.name);
        Socket client = proxy.connect();
        // What follows in the same connection must not be taken for a request.
        client.send(row.bytes + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        const Message answer = read_response(client);
        CHECK(answer.status == row.status);
        CHECK(answer["Connection"] == "close");
        CHECK(client.ends());
    }
    CHECK(origin.connections() == 0);
}

TEST_CASE("a chunked body that goes wrong midway is answered 400 and the connection closed") {
    // Its first part has gone to the origin by then: that connection must end without a whole request.
    const auto body = GENERATE(as<std::string>(), "2\nhi\r\n0\r\n\r\n", "2\r\nhi\n0\r\n\r\n", "2\r\nhiX\r\n0\r\n\r\n",
                               "+2\r\nhi\r\n0\r\n\r\n", "2 \r\nhi\r\n0\r\n\r\n", "0x2\r\nhi\r\n0\r\n\r\n",
                               "fffffffffffffffff\r\nhi\r\n", "-1\r\nhi\r\n");
    INFO(body);
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send(post("Transfer-Encoding: chunked\r\n", body) + "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(read_response(client).status == 400);
    CHECK(client.ends());
    CHECK(origin.requests() == 0);
}

TEST_CASE("a head whose lines end in a bare LF is accepted") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send("GET /x HTTP/1.1\nHost: a\nX: 1\n\n");
    CHECK(read_response(client).body == "a");
    CHECK(origin.last().start_line == "GET /x HTTP/1.1");
    CHECK(origin.last()["X"] == "1");
}

TEST_CASE("an origin's head whose lines end in a bare LF is accepted") {
    const Origin origin("HTTP/1.1 200 OK\nContent-Length: 1\nX: 1\n\na");
    const Sluice proxy(backends(origin));
    const Message answer = proxy.get();
    CHECK(answer.body == "a");
    CHECK(answer["X"] == "1");
}

TEST_CASE("a head that turns out wrong after it has moved to a larger buffer is logged as it came") {
    const ConfServer server("server { listen @LISTEN@; large_client_header_buffers 4 16k; return 200; }");
    for (const char* wrong : {"X Y: 1\r\n", "\x01: 1\r\n"}) {
        Socket client = server.connect();
        client.send("GET /the-line HTTP/1.1\r\nX-A: " + std::string(7000, 'a') + "\r\nX-B: ");
        client.send(std::string(7000, 'b') + "\r\n" + wrong + "\r\n");
        CHECK(read_response(client).status == 400);
    }
    server.wait_for_error("request: \"GET /the-line HTTP/1.1\"", 2);
}
