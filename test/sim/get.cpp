// GET and HEAD: how long the answer is, in every way that HTTP/1 has to say it.
#include "support/catch.hpp"
#include "support/script.hpp"

using namespace sluice::test;
using namespace sluice::test::words;

TEST_CASE("GET, Content-Length") {
    rerun({{
        client.sends("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
        peer.gets("GET /a"),
        peer.sends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
        client.gets(200, "hello"),
    }});
}
