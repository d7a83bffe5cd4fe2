// Where sluice itself gives up: nothing that is kept shut opens, no answer is taken for another, no line of a log is forged.
#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {
std::string times(std::string_view text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
}
}  // namespace

TEST_CASE("a regex that takes too many steps ends the request: it might have refused it") {
    const ConfServer server(R"(
        large_client_header_buffers 4 16k;
        server { listen @LISTEN@; server_name a;
                 location ~ ^/l.*/.*/secret { return 403; }
                 location /l { return 200 "passed"; }
                 location /w { if ($args ~* "union.*select.*from.*\(") { return 403; } return 200 "passed"; }
                 location /r { rewrite ^/r.*x.*x.*x.*[yz]$ /l last; return 200 "passed"; } })");
    CHECK(server.get("/l/a/secret").status == 403);
    CHECK(server.get("/l/a").body == "passed");
    CHECK(server.get("/l/a/secret" + times("/s", 4000)).status == 500);
    CHECK(server.get("/w?a").body == "passed");
    CHECK(server.get("/w?union+select+from+(" + times("select", 600) + times("from", 900)).status == 500);
    CHECK(server.get("/r" + times("x", 8000)).status == 500);
    server.wait_for_error("too many steps", 3);
}

TEST_CASE("a regex of a server_name that takes too many steps leads to no other site") {
    const ConfServer server(R"(
        server { listen @LISTEN@; server_name ~^(a+)+$; return 403; }
        server { listen @LISTEN@ default_server; server_name _; return 200 "open"; })");
    CHECK(server.ask("GET / HTTP/1.1\nHost: aaa\n").status == 403);
    CHECK(server.ask("GET / HTTP/1.1\nHost: b\n").body == "open");
    CHECK(server.ask("GET / HTTP/1.1\nHost: " + times("a", 60) + "b\n").status == 500);
}

TEST_CASE("an answer whose head has no room is a bare 500, and the last on its connection") {
    const ConfServer server(R"(
        large_client_header_buffers 4 400k;
        server { listen @LISTEN@; server_name a;
                 location / { add_header A $request_uri; add_header B $request_uri; add_header C $request_uri; return 200 "small"; } })");
    CHECK(server.get("/v").body == "small");
    CHECK(server.get("/" + times("a", 300'000))["C"] == "/" + times("a", 300'000));
    const auto large = server.get("/" + times("a", 360'000));
    CHECK(large.status == 500);
    CHECK(large.body.empty());
    CHECK(large["Connection"] == "close");
    const auto line = server.wait_for_error("the head of the answer is larger than 1 MiB");
    CHECK(line.find("[error]") != line.npos);
}

TEST_CASE("a head for a backend may be as large as those of clients and the conf make it, up to 1 MiB") {
    const Origin origin(ok("a"));
    const ConfServer server(
        "large_client_header_buffers 4 400k; server { listen @LISTEN@; location / { proxy_set_header X-Uri $request_uri; "
        "proxy_set_header X-Again $http_x_large; proxy_pass http://" +
        origin.address() + "; } }");
    const auto ask = [&](int size) {
        return server.ask("GET /" + times("u", size) + " HTTP/1.1\r\nHost: a\r\nX-Large: " + times("v", size) + "\r\n");
    };
    CHECK(ask(100'000).status == 200);
    const auto head = origin.last();
    CHECK(head.start_line == "GET /" + times("u", 100'000) + " HTTP/1.1");
    CHECK(head["X-Again"] == times("v", 100'000));
    CHECK(head["X-Large"] == times("v", 100'000));
    CHECK(head["X-Uri"] == "/" + times("u", 100'000));
    CHECK(ask(300'000).status == 500);
    CHECK(server.wait_for_error("the head of the request to the peer is larger than 1 MiB").find("[error]") != std::string::npos);
    CHECK(ask(10).status == 200);
}

TEST_CASE("a backend's head may be as large as proxy_buffer_size says") {
    const std::string large = times("v", 100'000);
    const Origin origin("HTTP/1.1 200 OK\r\nX-Large: " + large + "\r\nContent-Length: 200000\r\n\r\n" + times("b", 200'000));
    const ConfServer server("server { listen @LISTEN@; location / { proxy_buffer_size 128k; proxy_buffers 4 128k; proxy_busy_buffers_size 256k; proxy_pass http://" + origin.address() +
                            "; } location /small { proxy_buffer_size 96k; proxy_buffers 4 96k; proxy_busy_buffers_size 192k; proxy_pass http://" + origin.address() + "; } }");
    const auto whole = server.get("/");
    CHECK(whole["X-Large"] == large);
    CHECK(whole.body == times("b", 200'000));
    CHECK(server.get("/small").status == 502);
}

TEST_CASE("server_tokens takes a text, as long as it likes, and none") {
    const ConfServer server(R"(
        server { listen @LISTEN@; server_name a; server_tokens "mine $arg_v";
                 location /none { server_tokens ""; return 200 "x"; }
                 location / { return 200 "x"; } })");
    CHECK(server.get("/?v=1")["Server"] == "mine 1");
    CHECK(server.get("/?v=" + times("v", 5000))["Server"] == "mine " + times("v", 5000));
    CHECK_FALSE(server.get("/none").has("Server"));
}

TEST_CASE("rewrites do not grow without end") {
    const ConfServer server(R"(
        server { listen @LISTEN@; server_name a; location /l { rewrite ^(.*)$ /l$1$1$1$1$1$1$1$1$1; } })");
    CHECK(server.get("/l/aaa").status == 500);
    const auto line = server.wait_for_error("the rewritten URI is too long");
    CHECK(line.find("[error]") != line.npos);
}

TEST_CASE("what was decoded begins no line of its own") {
    const ConfServer server(R"x(
        server { listen @LISTEN@; server_name a;
                 location ~ "(?s)^/to/(.*)$" { proxy_pass $1; } })x");
    CHECK(server.get("/to/zz%0aforged").status == 500);
    CHECK(server.wait_for_error("that is no URL").find("zz\\x0Aforged") != std::string::npos);
}
