// GET and HEAD: how long the answer is, in every way that HTTP/1 has to say it.
#include "support/catch.hpp"
#include "support/script.hpp"

using namespace sluice::test;
using namespace sluice::test::words;

TEST_CASE("GET, Content-Length") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("GET /a"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
               client.gets(200, "hello", "content-length: 5"),
           }});
}

TEST_CASE("GET, a large answer") {
    const std::string body(40'000, 'b');
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("GET /a"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n" + body.substr(0, 20'000)),
               peer.sends(body.substr(20'000)),
               client.gets(200, body),
           }});
}

TEST_CASE("GET, chunked, with trailers") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("GET /a"),
               peer.sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n"),
               peer.sends("2\r\nlo\r\n0\r\nX-Sum: 12\r\n\r\n"),
               client.gets(200, "hello", "x-sum: 12"),
           }});
}

TEST_CASE("GET, chunked, to an HTTP/1.0 client") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.0\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n"),
                   peer.sends("2\r\nlo\r\n0\r\n\r\n"),
                   client.gets(200, "hello"),
                   client.gets_end(),
               },
           .until_close = true});  // what cuts it short is a reset, which AF_UNIX does not know
}

TEST_CASE("GET, an answer that ends with the connection") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.sends("HTTP/1.1 200 OK\r\n\r\nhel"),
                   peer.sends("lo"),
                   peer.closes(),
                   client.gets(200, "hello", "transfer-encoding: chunked"),
               },
           .until_close = true});
}

TEST_CASE("GET, an answer that ends with the connection, to an HTTP/1.0 client") {
    rerun({.steps =
               {
                   client.sends("GET /a HTTP/1.0\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /a"),
                   peer.sends("HTTP/1.0 200 OK\r\n\r\nhel"),
                   peer.sends("lo"),
                   peer.closes(),
                   client.gets(200, "hello"),
                   client.gets_end(),
               },
           .until_close = true});
}

TEST_CASE("GET by a client that says close") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
               peer.gets("GET /a"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
               client.gets(200, "hello", "connection: close"),
               client.gets_end(),
           }});
}

TEST_CASE("HEAD") {
    rerun({.steps = {
               client.sends("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("HEAD /a"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"),
               client.gets(200, "", "content-length: 5"),
               // A body that wrongly follows would be read as the next answer: not on this connection.
               client.sends("GET /b HTTP/1.1\r\nHost: h\r\n\r\n"),
               second_peer.gets("GET /b"),
               second_peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
               client.gets(200, "hello"),
           }});
}

TEST_CASE("HEAD of what has no body") {
    rerun({.steps = {
               client.sends("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("HEAD /a"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
               client.gets(200, "", "content-length: 0"),
               client.sends("GET /b HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("GET /b"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
               client.gets(200, "hello"),
           }});
}

TEST_CASE("answers without a body") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("GET /a"),
               peer.sends("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
               client.gets(304, ""),
               client.sends("DELETE /b HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("DELETE /b"),
               peer.sends("HTTP/1.1 204 No Content\r\n\r\n"),
               client.gets(204, ""),
           }});
}

TEST_CASE("interim answers") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("GET /a"),
               peer.sends("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
               client.gets_interim(103),
               peer.sends("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
               client.gets(200, "hello"),
           }});
}

TEST_CASE("a client that has sent all closes its half") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               client.half_closes(),
               peer.gets("GET /a"),
               peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"),
               peer.sends("lo"),
               client.gets(200, "hello"),
               client.gets_end(),
           }});
}

TEST_CASE("a peer answers with more than it announced") {
    rerun({.steps = {
               client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
               peer.gets("GET /a"),
               peer.sends(
                   "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
               client.gets(200, "hello"),
               peer.gets_end(),
               client.sends("GET /b HTTP/1.1\r\nHost: h\r\n\r\n"),
               second_peer.gets("GET /b"),
               second_peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright"),
               client.gets(200, "right"),
           }});
}
