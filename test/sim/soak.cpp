// Scripts with faults at several steps, drawn by lot with a fixed seed: combinations that nobody thought of.
#include "support/catch.hpp"
#include "support/script.hpp"

using namespace sluice::test;
using namespace sluice::test::words;

namespace {
std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n"; }
std::string ok(const std::string& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}
const std::string large(100'000, 'l');
}  // namespace

TEST_CASE("several faults: two clients, uploads, kept connections") {
    const Client other{1};
    shake({.steps =
               {
                   client.sends("POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 100004\r\n\r\nbody"),
                   peer.gets_head("POST /1"),
                   client.sends(large.substr(0, 60'000)),
                   other.sends(get("/2") + get("/3")),
                   second_peer.gets("GET /2"),
                   second_peer.sends(ok("two")),
                   other.gets(200, "two"),
                   client.sends(large.substr(60'000)),
                   peer.gets("POST /1", "body" + large),
                   second_peer.gets("GET /3"),
                   peer.sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"),
                   second_peer.sends(ok(large)),
                   other.gets(200, large),
                   peer.sends("0\r\n\r\n"),
                   client.gets(200, "one"),
                   client.sends(get("/4")),
                   peer.gets("GET /4"),
                   other.half_closes(),
                   peer.sends(ok("four")),
                   client.gets(200, "four"),
               },
           .idempotent = false},
          3000);
}

TEST_CASE("several faults: a tunnel") {
    shake({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nearly"),
                   peer.gets("GET /a"),
                   peer.sends(
                       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello"),
                   client.gets(101, ""),
                   client.sends(large),
                   peer.sends(large),
                   client.gets_bytes(large),
                   client.half_closes(),
                   peer.gets_bytes(large),
                   peer.sends("bye"),
                   client.gets_bytes("bye"),
                   peer.closes(),
                   client.gets_end(),
               }},
          2000);
}
