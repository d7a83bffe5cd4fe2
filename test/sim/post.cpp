// Requests with a body.
#include "support/catch.hpp"
#include "support/script.hpp"

using namespace sluice::test;
using namespace sluice::test::words;

TEST_CASE("POST, a small body") {
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"),
                   peer.gets("POST /a", "hello", "content-length: 5"),
                   peer.sends("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"),
                   client.gets(201, "ok"),
               },
           .idempotent = false});
}

TEST_CASE("PUT, a body that comes in pieces") {
    rerun({.steps = {
               client.sends("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhel"),
               peer.gets_head("PUT /a"),
               client.sends("lo"),
               client.sends("world"),
               peer.gets("PUT /a", "helloworld"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
               client.gets(200, "ok"),
           }});
}

TEST_CASE("POST, more than the peer's socket takes at once") {
    const std::string body(7'000, 'b');
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 7000\r\n\r\n" + body),
                   peer.gets("POST /a", body),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                   client.gets(200, "ok"),
               },
           .idempotent = false});
}

namespace {
const std::string large(150'000, 'u');
std::string large_chunks() {
    std::string out;
    for (int i = 0; i < 3; ++i) out += "c350\r\n" + large.substr(0, 50'000) + "\r\n";
    return out;
}
}  // namespace

TEST_CASE("POST, a large chunked body with trailers") {
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"),
                   client.sends(large_chunks()),
                   peer.gets_head("POST /a"),
                   client.sends("0\r\nX-Sum: 12\r\n\r\n"),
                   peer.gets("POST /a", large, "x-sum: 12"),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                   client.gets(200, "ok"),
               },
           .idempotent = false});
}

TEST_CASE("POST, the peer answers while the client still sends") {
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n"),
                   peer.gets_head("POST /a"),
                   client.sends(large),
                   peer.sends("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig"),
                   client.gets(413, "big", "connection: close"),
                   client.closes(),
               },
           .idempotent = false});
}

TEST_CASE("POST, the peer answers early, in pieces, and takes the rest of the body") {
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhello"),
                   peer.gets_head("POST /a"),
                   peer.sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n"),
                   client.sends("world"),
                   peer.gets("POST /a", "helloworld"),
                   peer.sends("2\r\nlo\r\n0\r\n\r\n"),
                   client.gets(200, "hello"),
                   client.gets_end(),
               },
           .idempotent = false});
}

TEST_CASE("Expect: 100-continue") {
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
                   client.gets_interim(100),
                   peer.gets_head("POST /a"),
                   client.sends("hello"),
                   peer.gets("POST /a", "hello"),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                   client.gets(200, "ok"),
                   client.sends("GET /b HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /b"),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                   client.gets(200, "ok"),
               },
           .idempotent = false});
}

TEST_CASE("a slow upload is no slow peer") {
    using namespace std::chrono_literals;
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\nhello"),
                   peer.gets_head("POST /a"),
                   peer.listens(),
                   proxy.waits(45s),
                   client.sends("world"),
                   proxy.waits(45s),
                   client.sends("hello"),
                   proxy.waits(45s),
                   client.sends("world"),
                   proxy.waits(45s),
                   peer.gets("POST /a", "helloworldhelloworld"),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                   client.gets(200, "ok"),
               },
           .idempotent = false});
}
