// Which fields cross the proxy, and which it writes itself.
#include "support/catch.hpp"
#include "support/origin.hpp"
#include "support/process.hpp"

using namespace sluice::test;

TEST_CASE("hop-by-hop fields of a request stay here") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send(
        "GET / HTTP/1.1\r\nHost: a\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\n"
        "Proxy-Authorization: Basic x\r\nX-Mine: 1\r\nX-Kept: 2\r\nConnection: keep-alive, X-Mine\r\n\r\n");
    CHECK(read_response(client).body == "a");
    for (const char* name : {"Keep-Alive", "Proxy-Connection", "TE", "Proxy-Authorization", "X-Mine", "Connection"})
        CHECK_FALSE(origin.last().has(name));
    CHECK(origin.last()["X-Kept"] == "2");
}

TEST_CASE("hop-by-hop fields of an answer stay here") {
    const Origin origin(
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nX-Mine: 1\r\n"
        "X-Kept: 2\r\nConnection: x-mine\r\n\r\na");
    const Sluice proxy(backends(origin));
    const Message answer = proxy.get();
    for (const char* name : {"Keep-Alive", "Proxy-Authenticate", "X-Mine"}) CHECK_FALSE(answer.has(name));
    CHECK(answer["X-Kept"] == "2");
    CHECK(answer.count("Connection") == 1);
    CHECK(answer.body == "a");
}

TEST_CASE("Connection cannot be used to take away what the origin relies on") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    Socket client = proxy.connect();
    client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nX-Forwarded-For: 1.2.3.4\r\n"
        "Connection: Host, Content-Length, X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, X-Real-IP\r\n\r\nhi");
    CHECK(read_response(client).body == "a");
    const Message got = origin.last();
    CHECK(got["Host"] == "a");
    CHECK(got.body == "hi");
    CHECK(got["X-Forwarded-For"] == "1.2.3.4, 127.0.0.1");
    CHECK(got["X-Forwarded-Proto"] == "http");
    CHECK(got["X-Forwarded-Host"] == "a");
    CHECK(got["X-Real-IP"] == "127.0.0.1");
}

TEST_CASE("the client's address is added to X-Forwarded-For") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    proxy.get();
    CHECK(origin.last()["X-Forwarded-For"] == "127.0.0.1");
    proxy.ask("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8, 9.9.9.9\r\n");
    CHECK(origin.last().count("X-Forwarded-For") == 1);
    CHECK(origin.last()["X-Forwarded-For"] == "1.2.3.4, 5.6.7.8, 9.9.9.9, 127.0.0.1");
}

TEST_CASE("what a client claims in X-Real-IP, X-Forwarded-Proto and X-Forwarded-Host is replaced") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    proxy.ask(
        "GET / HTTP/1.1\r\nHost: real.example\r\nX-Real-IP: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n"
        "X-Forwarded-Host: evil.example\r\n");
    const Message got = origin.last();
    for (const char* name : {"X-Real-IP", "X-Forwarded-Proto", "X-Forwarded-Host"}) CHECK(got.count(name) == 1);
    CHECK(got["X-Real-IP"] == "127.0.0.1");
    CHECK(got["X-Forwarded-Proto"] == "http");
    CHECK(got["X-Forwarded-Host"] == "real.example");
}

TEST_CASE("Host is kept, also with a port, and the target's wins over it") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    proxy.ask("GET /x?y HTTP/1.1\r\nHost: Shop.example:8443\r\n");
    CHECK(origin.last().count("Host") == 1);
    CHECK(origin.last()["Host"] == "Shop.example:8443");
    CHECK(origin.last().start_line == "GET /x?y HTTP/1.1");
    proxy.ask("GET http://target.example/x?y HTTP/1.1\r\nHost: other.example\r\n");
    CHECK(origin.last()["Host"] == "target.example");
    CHECK(origin.last().start_line == "GET /x?y HTTP/1.1");
}

TEST_CASE("Server and Date of an answer are ours, other fields the origin's, repeated ones too") {
    const Origin origin(
        "HTTP/1.1 200 Fine\r\nServer: secret/1.0\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nSet-Cookie: a=1\r\n"
        "Set-Cookie: b=2\r\nX-Powered-By: steam\r\nX-Accel-Expires: 10\r\nContent-Length: 0\r\n\r\n");
    const Sluice proxy(backends(origin));
    const Message answer = proxy.get();
    CHECK(answer.start_line == "HTTP/1.1 200 Fine");
    CHECK(answer.count("Server") == 1);
    CHECK(answer["Server"] == "sluice");
    CHECK(answer.count("Date") == 1);
    CHECK(answer["Date"].find("1970") == std::string::npos);
    CHECK(answer.count("Set-Cookie") == 2);
    CHECK(answer["X-Powered-By"] == "steam");
    CHECK_FALSE(answer.has("X-Accel-Expires"));
}

TEST_CASE("fields pass with their values as they are") {
    const Origin origin(ok("a"));
    const Sluice proxy(backends(origin));
    proxy.ask(
        "GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1; b=\"2\"\r\nX-Empty:\r\nX-Utf8: gr\xc3\xbc\xc3\x9f\r\nX-Spaces:  \t "
        "in  between \t\r\n");
    CHECK(origin.last()["Cookie"] == "a=1; b=\"2\"");
    CHECK(origin.last().has("X-Empty"));
    CHECK(origin.last()["X-Utf8"] == "gr\xc3\xbc\xc3\x9f");
    CHECK(origin.last()["X-Spaces"] == "in  between");
}
