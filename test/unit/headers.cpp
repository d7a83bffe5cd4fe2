#include "proxy/headers.hpp"

#include <netinet/in.h>

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/scope.hpp"

using namespace sluice;

namespace {

/// The head as a peer gets it, CR left out; with the fields that the flags of the quick demo set.
std::string forwarded(const std::string& request) {
    test::ScopeSetup setup;
    setup.client = *net::Address::parse("192.0.2.1", 40000);
    setup.listening.address = *net::Address::parse("192.0.2.1", 8080);
    auto& proxy = setup.site().root.settings.proxy;
    std::vector<route::SetHeader> headers;
    for (const auto& [name, value] : {std::pair{"Host", "$authority"}, std::pair{"X-Real-IP", "$remote_addr"},
                                      std::pair{"X-Forwarded-For", "$proxy_add_x_forwarded_for"},
                                      std::pair{"X-Forwarded-Proto", "$scheme"}, std::pair{"X-Forwarded-Host", "$authority"}}) {
        const auto id = http::field_id(name);
        proxy.set_ids |= http::set_of(id);
        headers.push_back({name, id, setup.compile(value)});
    }
    proxy.headers = std::make_shared<const std::vector<route::SetHeader>>(std::move(headers));
    auto& scope = setup.request(request);
    REQUIRE(scope.x.framing.error == nullptr);
    REQUIRE(scope.x.target.error == nullptr);
    const auto head = proxy::write_request_head(scope, scope.x.target.path, "backends", std::nullopt, setup.buffers);
    std::string out;
    for (const char c : head.bytes)
        if (c != '\r') out += c;
    return out;
}

std::string get(const std::string& fields) { return "GET /p?q HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }

/// What follows the request line and Host, without the fields that sluice adds to every request.
std::string kept(const std::string& fields) {
    std::string out = forwarded(get(fields));
    const std::string start = "GET /p?q HTTP/1.1\nHost: h\n";
    REQUIRE(out.compare(0, start.size(), start) == 0);
    out.erase(0, start.size());
    for (const std::string ours : {"X-Real-IP: 192.0.2.1\n", "X-Forwarded-For: 192.0.2.1\n",
                                   "X-Forwarded-Proto: http\n", "X-Forwarded-Host: h\n"}) {
        const auto at = out.find(ours);
        REQUIRE(at != std::string::npos);
        out.erase(at, ours.size());
    }
    REQUIRE(out.substr(out.size() - 1) == "\n");
    out.pop_back();
    return out;
}

/// The fields of a response that are for the client, one a line.
std::string answered(const std::string& fields) {
    const std::string text = "HTTP/1.1 200 OK\r\n" + fields + "\r\n";
    http::ResponseHead head;
    REQUIRE(http::parse_response_head(text, 0, {}, head).state == http::HeadState::complete);
    proxy::keep_end_to_end(head.fields, {});
    std::string out;
    for (const auto& f : head.fields) ((out += f.name) += ": ").append(f.value) += '\n';
    return out;
}

struct Row {
    const char* name;
    std::string in;
    std::string out;
};

}  // namespace

TEST_CASE("fields of requests") {
    const std::vector<Row> rows{
        {"end-to-end fields, in their order", "Accept: a\r\nCookie: b\r\nAccept: c\r\n",
         "Accept: a\nCookie: b\nAccept: c\n"},
        {"9110 7.6.1 Connection", "Connection: keep-alive\r\nKeep-Alive: 5\r\nProxy-Connection: close\r\n", ""},
        {"9110 7.6.1 fields that Connection names",
         "Connection: X-One, x-two\r\nX-One: 1\r\nX-TWO: 2\r\nX-Three: 3\r\n", "X-Three: 3\n"},
        {"several Connection fields", "Connection: X-One\r\nConnection: X-Two\r\nX-One: 1\r\nX-Two: 2\r\n", ""},
        {"9110 10.1.4 TE", "TE: trailers\r\n", ""},
        {"9110 11.7 proxy credentials", "Proxy-Authorization: x\r\nProxy-Authenticate: y\r\n", ""},
        {"Expect is answered here", "Expect: 100-continue\r\n", ""},
        {"what a client says of itself is not believed",
         "X-Real-IP: 8.8.8.8\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\n", ""},
        {"9110 7.8 h2c", "Upgrade: h2c\r\nConnection: upgrade, HTTP2-Settings\r\nHTTP2-Settings: x\r\n", ""},
        {"9110 7.8 Upgrade without Connection", "Upgrade: websocket\r\n", ""},
        {"6455 4.1 WebSocket", "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Key: k\r\n",
         "Sec-WebSocket-Key: k\nConnection: upgrade\nUpgrade: websocket\n"},
        {"an empty value", "X-Empty:\r\n", "X-Empty: \n"},
        {"Connection: close", "Connection: close\r\nX-A: 1\r\n", "X-A: 1\n"},
        {"Content-Length 0 is said", "Content-Length: 0\r\n", "Content-Length: 0\n"},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        CHECK(kept(row.in) == row.out);
    }
}

TEST_CASE("Connection cannot take away what the proxy says itself") {
    const std::string out = forwarded(
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nConnection: host, content-length, x-forwarded-for, "
        "x-real-ip\r\n\r\n");
    for (const char* field :
         {"Host: h\n", "Content-Length: 3\n", "X-Forwarded-For: 192.0.2.1\n", "X-Real-IP: 192.0.2.1\n"}) {
        INFO(field);
        CHECK(out.find(field) != std::string::npos);
    }
}

TEST_CASE("names with an underscore are left out") {
    CHECK(kept("X_Forwarded_For: 10.0.0.1\r\nContent_Length: 3\r\nA: b\r\n") == "A: b\n");
}

TEST_CASE("X-Forwarded-For grows") {
    const auto out = forwarded(get("X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-For: 10.0.0.2, 10.0.0.3\r\n"));
    CHECK(out.find("X-Forwarded-For: 10.0.0.1, 10.0.0.2, 10.0.0.3, 192.0.2.1\n") != std::string::npos);
}

TEST_CASE("request lines and hosts") {
    CHECK(forwarded("GET http://other:81/x HTTP/1.1\r\nHost: h\r\n\r\n").substr(0, 35) ==
          "GET /x HTTP/1.1\nHost: other:81\nX-Re");
    CHECK(forwarded("GET / HTTP/1.0\r\n\r\n").substr(0, 36) == "GET / HTTP/1.1\nHost: localhost\nX-Rea");
    CHECK(forwarded("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").substr(0, 19) == "OPTIONS * HTTP/1.1\n");
    CHECK(forwarded("BREW / HTTP/1.1\r\nHost: h\r\n\r\n").substr(0, 16) == "BREW / HTTP/1.1\n");
}

TEST_CASE("framing is written anew") {
    const auto chunked = forwarded("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n");
    CHECK(chunked.find("Transfer-Encoding: chunked\n") != std::string::npos);
    CHECK(chunked.find("Content-Length") == std::string::npos);
    CHECK(forwarded("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0007\r\n\r\n").find("Content-Length: 7\n") !=
          std::string::npos);
    CHECK(forwarded("POST / HTTP/1.1\r\nHost: h\r\n\r\n").find("Content-Length") == std::string::npos);
}

TEST_CASE("a large head fits its buffer") {
    std::string fields;
    for (int i = 0; i < 100; ++i) fields += "X-" + std::to_string(i) + ": " + std::string(200, 'v') + "\r\n";
    const auto out = forwarded(get(fields));
    CHECK(out.find("X-99: " + std::string(200, 'v') + "\n") != std::string::npos);
}

TEST_CASE("fields of responses") {
    const std::vector<Row> rows{
        {"end-to-end fields", "Content-Type: t\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n",
         "Content-Type: t\nSet-Cookie: a\nSet-Cookie: b\n"},
        {"9110 7.6.1", "Connection: close\r\nKeep-Alive: 5\r\nTransfer-Encoding: chunked\r\nUpgrade: h2c\r\n", ""},
        {"fields that Connection names", "Connection: X-One\r\nX-One: 1\r\nX-Two: 2\r\n", "X-Two: 2\n"},
        {"framing", "Content-Length: 5\r\n", ""},
        {"what nginx hides", "Server: s\r\nDate: d\r\nX-Accel-Redirect: /i\r\nX-Pad: p\r\nX-Padded: q\r\n",
         "X-Padded: q\n"},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        CHECK(answered(row.in) == row.out);
    }
}
