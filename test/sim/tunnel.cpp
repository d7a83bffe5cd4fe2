// Upgrade to WebSocket: after the 101 bytes go both ways as they are.
#include "support/catch.hpp"
#include "support/script.hpp"

using namespace sluice::test;
using namespace sluice::test::words;

namespace {
const std::string ask =
    "GET /a HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n";
const std::string agree = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
}  // namespace

TEST_CASE("a tunnel, the client ends it") {
    rerun({.steps = {
               client.sends(ask),
               peer.gets("GET /a", "", "upgrade: websocket"),
               peer.sends(agree),
               client.gets(101, ""),
               client.sends("ping"),
               peer.gets_bytes("ping"),
               peer.sends("pong"),
               client.gets_bytes("pong"),
               client.half_closes(),
               peer.gets_end(),
               peer.sends("bye"),
               client.gets_bytes("bye"),
               peer.closes(),
               client.gets_end(),
           }});
}

TEST_CASE("a tunnel, bytes come with the heads, the peer ends it") {
    rerun({.steps = {
               client.sends(ask + "early"),
               peer.gets("GET /a"),
               peer.sends(agree + "hello"),
               client.gets(101, ""),
               client.gets_bytes("hello"),
               peer.gets_bytes("early"),
               peer.half_closes(),
               client.gets_end(),
               client.sends("bye"),
               peer.gets_bytes("bye"),
               client.closes(),
               peer.gets_end(),
           }});
}

TEST_CASE("a tunnel, much in both directions") {
    const std::string up(100'000, 'u'), down(100'000, 'd');
    rerun({.steps = {
               client.sends(ask),
               peer.gets("GET /a"),
               peer.sends(agree),
               client.gets(101, ""),
               client.sends(up),
               peer.sends(down),
               client.gets_bytes(down),
               peer.gets_bytes(up),
               client.half_closes(),
               peer.half_closes(),
               client.gets_end(),
               peer.gets_end(),
           }});
}

TEST_CASE("an upgrade the peer does not want") {
    rerun({.steps = {
               client.sends(ask),
               peer.gets("GET /a"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
               client.gets(200, "hello"),
           }});
}

TEST_CASE("an upgrade nobody asked for") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("GET /a"),
               peer.sends(agree),
               peer.gets_end(),
               second_peer.gets("GET /a"),
               second_peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
               client.gets(200, "hello"),
           },
           .setup = {.site = "client_max_body_size 0; proxy_next_upstream error timeout invalid_header;"}});
}
