// Requests that are refused, connections that end.
#include "support/catch.hpp"
#include "support/script.hpp"

using namespace sluice::test;
using namespace sluice::test::words;
using namespace std::chrono_literals;

TEST_CASE("a bad request is answered, what follows is thrown away") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost : h\r\n\r\n"),
               client.sends("GET /b HTTP/1.1\r\nHost: h\r\n\r\n"),
               client.gets(400, any_body, "connection: close"),
               client.gets_end(),
           }});
}

TEST_CASE("a refused request with a large body: the client gets to read the answer") {
    Setup setup;
    setup.site = "client_max_body_size 1000;";
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n" +
                                std::string(30'000, 'b')),
                   client.gets(413, any_body),
                   client.sends(std::string(70'000, 'b')),
                   client.gets_end(),
                   client.closes(),
               },
           .idempotent = false,
           .setup = setup});
}

TEST_CASE("a chunked body grows too large") {
    Setup setup;
    setup.site = "client_max_body_size 1000;";
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"),
                   peer.gets_head("POST /a"),
                   peer.listens(),
                   client.sends("800\r\n" + std::string(2048, 'b') + "\r\n"),
                   client.gets(413, any_body),
                   client.half_closes(),
                   client.gets_end(),
                   peer.gets_end(),
               },
           .idempotent = false,
           .setup = setup});
}

TEST_CASE("chunks that are none") {
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"),
                   peer.gets_head("POST /a"),
                   client.sends("zz\r\n"),
                   client.gets(400, any_body),
                   client.half_closes(),
                   client.gets_end(),
                   peer.gets_end(),
               },
           .idempotent = false});
}

TEST_CASE("a head that never ends has no answer, as in nginx") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHo"),
               proxy.waits(70s),
               client.gets_end(),
           }});
}

TEST_CASE("a connection on which nothing is said ends without a record") {
    rerun({.steps = {
               proxy.waits(70s),
               client.gets_end(),
           }});
}

TEST_CASE("an idle connection ends") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("GET /a"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
               client.gets(200, "hello"),
               proxy.waits(80s),
               client.gets_end(),
           }});
}

TEST_CASE("drain lets go of idle connections and finishes the others") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("GET /a"),
               Client{1}.sends("GET /b HTTP/1.1\r\nHost: h\r\n\r\n"),
               Peer{1}.gets("GET /b"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
               client.gets(200, "hello"),
               proxy.drains(),
               client.gets_end(),
               Peer{1}.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld"),
               Client{1}.gets(200, "world"),
               Client{1}.gets_end(),
           }});
}

TEST_CASE("stop breaks everything off") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   Client{1}.sends("POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nb"),
                   Peer{1}.gets_head("POST /b"),
                   proxy.stops(),
               },
           .fails = true});
}

TEST_CASE("proxy_ignore_client_abort: the client leaves, the peer answers all the same") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
                   client.gets(200, "hello"),
               },
           .setup = {.site = "client_max_body_size 0; proxy_ignore_client_abort on;"}});
}

TEST_CASE("proxy_limit_rate: the rest of an answer comes later") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 6000\r\n\r\n"),
                   peer.sends(std::string(6000, 'x')),
                   proxy.waits(std::chrono::seconds(5)),
                   client.gets(200, std::string(6000, 'x')),
               },
           .setup = {.site = "client_max_body_size 0; proxy_limit_rate 2k;"}});
}
