// Several requests on a connection, of clients and to peers.
#include "support/catch.hpp"
#include "support/script.hpp"

using namespace sluice::test;
using namespace sluice::test::words;

namespace {
std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"; }
std::string post(const std::string& path) {
    return "POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody";
}
std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
}  // namespace

TEST_CASE("one connection after another request") {
    rerun({.steps = {
               client.sends(get("/1")),
               peer.gets("GET /1"),
               peer.sends(ok("one")),
               client.gets(200, "one"),
               client.sends(get("/2")),
               peer.gets("GET /2"),
               peer.sends(ok("two")),
               client.gets(200, "two"),
           }});
}

TEST_CASE("three requests at once") {
    rerun({.steps = {
               client.sends(get("/1") + get("/2") + get("/3")),
               peer.gets("GET /1"),
               peer.sends(ok("one")),
               client.gets(200, "one"),
               peer.gets("GET /2"),
               peer.sends(ok("two")),
               client.gets(200, "two"),
               peer.gets("GET /3"),
               peer.sends(ok("three")),
               client.gets(200, "three"),
           }});
}

TEST_CASE("requests with bodies at once") {
    rerun({.steps =
               {
                   client.sends(
                       post("/1") +
                       "POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n" +
                       get("/3")),
                   peer.gets("POST /1", "body"),
                   peer.sends(ok("one")),
                   client.gets(200, "one"),
                   peer.gets("POST /2", "body"),
                   peer.sends(ok("two")),
                   client.gets(200, "two"),
                   peer.gets("GET /3"),
                   peer.sends(ok("three")),
                   client.gets(200, "three"),
               },
           .idempotent = false});
}

TEST_CASE("the kept connection was closed and that was seen") {
    rerun({.steps =
               {
                   client.sends(get("/1")),
                   peer.gets("GET /1"),
                   peer.sends(ok("one")),
                   client.gets(200, "one"),
                   peer.closes(),
                   client.sends(post("/2")),
                   second_peer.gets("POST /2", "body"),
                   second_peer.sends(ok("two")),
                   client.gets(200, "two"),
               },
           .idempotent = false});
}

TEST_CASE("the kept connection is closed in the moment the next request comes") {
    // Both within one turn of the loop: what is sent is not settled before the peer has closed.
    for (const bool is_get : {true, false}) {
        const std::string second = is_get ? get("/2") : post("/2");
        rerun({.steps =
                   {
                       client.sends(get("/1")),
                       peer.gets("GET /1"),
                       peer.sends(ok("one")),
                       client.gets(200, "one"),
                       client.sends(second).at_once(),
                       peer.closes(),
                       second_peer.gets(is_get ? "GET /2" : "POST /2", is_get ? "" : "body"),
                       second_peer.sends(ok("two")),
                       client.gets(200, "two"),
                   },
               .idempotent = is_get});
    }
}

TEST_CASE("the kept connection is closed after it has taken the next request") {
    rerun({.steps = {
               client.sends(get("/1")),
               peer.gets("GET /1"),
               peer.sends(ok("one")),
               client.gets(200, "one"),
               client.sends(get("/2")),
               peer.gets("GET /2"),
               peer.closes(),
               second_peer.gets("GET /2"),
               second_peer.sends(ok("two")),
               client.gets(200, "two"),
           }});
}

TEST_CASE("a POST is not sent again when the kept connection has taken it") {
    rerun({.steps =
               {
                   client.sends(get("/1")),
                   peer.gets("GET /1"),
                   peer.sends(ok("one")),
                   client.gets(200, "one"),
                   client.sends(post("/2")),
                   peer.gets("POST /2", "body"),
                   peer.closes(),
                   client.gets(502, any_body),
               },
           .idempotent = false});
}

TEST_CASE("a peer that does not keep its connections") {
    rerun({.steps = {
               client.sends(get("/1")),
               peer.gets("GET /1"),
               peer.sends("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\none"),
               peer.gets_end(),
               client.gets(200, "one"),
               client.sends(get("/2")),
               second_peer.gets("GET /2"),
               second_peer.sends(ok("two")),
               client.gets(200, "two"),
           }});
}
