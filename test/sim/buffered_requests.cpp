// Bodies that are read before a peer is asked (proxy_request_buffering), on a disk that is slow or full.
#include "support/catch.hpp"
#include "support/script.hpp"

using namespace sluice::test;
using namespace sluice::test::words;

namespace {
const std::string large(150'000, 'u');
const Setup buffered{.buffers = true, .site = "client_max_body_size 0; client_body_buffer_size 1k;"};
const std::string fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
}  // namespace

TEST_CASE("a body that comes in pieces and fits into memory goes out in one") {
    rerun({.steps =
               {
                   client.sends("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhel"),
                   client.sends("lo"),
                   client.sends("world"),
                   peer.gets("PUT /a", "helloworld", "content-length: 10"),
                   peer.sends(fine),
                   client.gets(200, "ok"),
               },
           .setup = buffered});
}

TEST_CASE("a body that does not fit into memory goes through a file") {
    rerun({.steps =
               {
                   client.sends("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 150000\r\n\r\n"),
                   client.sends(large),
                   peer.gets("PUT /a", large, "content-length: 150000"),
                   peer.sends(fine),
                   client.gets(200, "ok"),
               },
           .setup = buffered});
}

TEST_CASE("a chunked body gets a length") {
    rerun({.steps =
               {
                   client.sends("PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
                   client.sends("5\r\nworld\r\n0\r\n\r\n"),
                   peer.gets("PUT /a", "helloworld", "content-length: 10"),
                   peer.sends(fine),
                   client.gets(200, "ok"),
               },
           .setup = buffered});
}

TEST_CASE("a large chunked body: with a length from the file, or in chunks if the disk is full") {
    rerun({.steps =
               {
                   client.sends("PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n249f0\r\n"),
                   client.sends(large + "\r\n0\r\n\r\n"),
                   peer.gets("PUT /a", large),
                   peer.sends(fine),
                   client.gets(200, "ok"),
                   client.sends("GET /b HTTP/1.1\r\nHost: h\r\n\r\n"),
                   peer.gets("GET /b"),
                   peer.sends(fine),
                   client.gets(200, "ok"),
               },
           .setup = buffered});
}

TEST_CASE("a peer that answers before it has read the file") {
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 150000\r\n\r\n" + large),
                   peer.gets_head("POST /a"),
                   peer.sends("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig"),
                   client.gets(413, "big"),
               },
           .idempotent = false,
           .setup = buffered});
}

TEST_CASE("Expect: 100-continue is answered before a peer is asked") {
    rerun({.steps =
               {
                   client.sends("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
                   client.gets_interim(100),
                   client.sends("hello"),
                   peer.gets("POST /a", "hello"),
                   peer.sends(fine),
                   client.gets(200, "ok"),
               },
           .idempotent = false,
           .setup = buffered});
}
