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
        large_client_header_buffers 4 32k;
        server { listen @LISTEN@; server_name a;
                 location / { add_header A $request_uri; add_header B $request_uri; add_header C $request_uri; return 200 "small"; } })");
    CHECK(server.get("/v").body == "small");
    const auto large = server.get("/" + times("a", 24000));
    CHECK(large.status == 500);
    CHECK(large.body.empty());
    CHECK(large["Connection"] == "close");
    const auto line = server.wait_for_error("the head of the answer is larger than 64 KiB");
    CHECK(line.find("[error]") != line.npos);
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
                 location ~ "(?s)^/to/(.*)$" { proxy_pass $1; }
                 location ~ "(?s)^/type/(.*)$" { default_type $1; return 200 x; } })x");
    CHECK(server.get("/to/zz%0aforged").status == 500);
    CHECK(server.wait_for_error("that is no URL").find("zz\\x0Aforged") != std::string::npos);
    const auto typed = server.get("/type/a%0d%0aX-Evil:%201");
    CHECK_FALSE(typed.has("X-Evil"));
    CHECK(typed["Content-Type"] == "a%0D%0AX-Evil: 1");
}
