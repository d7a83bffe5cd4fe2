// What a conf makes of requests: sites, locations, rewrites, pages, variables, fields. test/against_nginx asks the same
// and much more of nginx and sluice side by side; here stands what must hold without it.
#include "support/catch.hpp"
#include "support/conf_server.hpp"

using namespace sluice::test;

namespace {

struct Row {
    std::string host, target, expected;
};

/// "200 body" or "302 > location"; the body without the line feed at its end.
std::string told(const Message& answer) {
    std::string out = std::to_string(answer.status);
    if (answer.has("Location")) return out + " > " + answer["Location"];
    std::string body = answer.body.substr(0, answer.body.find_last_not_of("\r\n") + 1);
    return body.empty() ? out : out + ' ' + body;
}

void check(const ConfServer& server, const std::vector<Row>& rows) {
    for (const auto& [host, target, expected] : rows) {
        INFO(host + " " + target);
        CHECK(told(server.get(target, host)) == server.folder().fill(expected));
    }
}

/// The answer to "METHOD TARGET" with these fields, each with its line end.
Message ask(const ConfServer& server, const std::string& line, const std::string& fields = "",
            const std::string& body = "") {
    std::string head = line + " HTTP/1.1\r\nHost: a\r\n" + fields;
    if (!body.empty()) head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return server.ask(head, body);
}

/// Answers with what it was asked for.
void tell_request(Origin::Visit& visit) {
    for (;;) {
        const auto request = visit.read_request();
        visit.send(ok(request.start_line.substr(0, request.start_line.rfind(' '))));
    }
}

std::string page(const std::string& words) {
    return "<html>\r\n<head><title>" + words + "</title></head>\r\n<body>\r\n<center><h1>" + words +
           "</h1></center>\r\n<hr><center>sluice</center>\r\n</body>\r\n</html>\r\n";
}

}  // namespace

TEST_CASE("server_name: exact, wildcards in front and behind, both, regex with groups, none") {
    const ConfServer server(R"(
        server { listen @LISTEN@; server_name first.test; return 200 first; }
        server { listen @LISTEN@ default_server; server_name _; return 200 "default $host"; }
        server { listen @LISTEN@; server_name exact.test EXACT2.test; return 200 "exact $server_name"; }
        server { listen @LISTEN@; server_name *.wild.test; return 200 "wild $host"; }
        server { listen @LISTEN@; server_name www.exact.*; return 200 "tail"; }
        server { listen @LISTEN@; server_name .dot.test; return 200 "dot"; }
        server { listen @LISTEN@; server_name ~^(?<user>\w+)\.re\.test$; return 200 "user $user $1"; }
        server { listen @LISTEN@; server_name ""; return 200 "no name"; }
    )");
    check(server, {
                      {"first.test", "/", "200 first"},
                      {"exact.test", "/", "200 exact exact.test"},
                      {"EXACT.TEST", "/", "200 exact exact.test"},
                      {"exact.test:8080", "/", "200 exact exact.test"},
                      {"exact.test.", "/", "200 exact exact.test"},
                      {"exact2.test", "/", "200 exact exact.test"},
                      {"a.wild.test", "/", "200 wild a.wild.test"},
                      {"a.b.wild.test", "/", "200 wild a.b.wild.test"},
                      {"wild.test", "/", "200 default wild.test"},
                      {"www.exact.org", "/", "200 tail"},
                      {"dot.test", "/", "200 dot"},
                      {"x.dot.test", "/", "200 dot"},
                      {"joe.re.test", "/", "200 user joe joe"},
                      {"unknown", "/", "200 default unknown"},
                      {"127.0.0.1", "/", "200 default 127.0.0.1"},
                      {"exact.test", "http://a.wild.test/x", "200 wild a.wild.test"},
                  });
    Socket client = server.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(read_response(client).body == "no name");
}

TEST_CASE("location: exact, prefix, preferred, regex in order, nested, internal, slashes at the end") {
    const Origin origin(tell_request);
    const ConfServer server(
        "server { listen @LISTEN@; "
        R"(
        location = /exact { return 200 exact; }
        location / { return 200 "root $uri"; }
        location /longer { return 200 longer; }
        location /longer/still { return 200 still; }
        location ^~ /kept/ { return 200 kept; }
        location ~ \.php$ { return 200 php; }
        location ~* \.JPG$ { return 200 jpg; }
        location ~ ^/n/(?<a>[^/]+)/(.*)$ { return 200 "$a,$2"; }
        location /outer/ { return 200 outer; location /outer/in/ { return 200 inner; location ~ x$ { return 200 deep; } } }
        location /secret { internal; return 200 secret; }
        location /reveal { rewrite ^ /secret last; }
        location /app/ { proxy_pass http://)" +
        origin.address() + "; } } ");
    check(server, {
                      {"a", "/exact", "200 exact"},
                      {"a", "/exact?x", "200 exact"},
                      {"a", "/exact/", "200 root /exact/"},
                      {"a", "/longer/x", "200 longer"},
                      {"a", "/longer/still", "200 still"},
                      {"a", "/longer/x.php", "200 php"},
                      {"a", "/kept/x.php", "200 kept"},
                      {"a", "/x.PHP", "200 root /x.PHP"},
                      {"a", "/x.jpg", "200 jpg"},
                      {"a", "/n/1/2/3", "200 1,2/3"},
                      {"a", "/outer/x", "200 outer"},
                      {"a", "/outer/in/y", "200 inner"},
                      {"a", "/outer/in/x", "200 deep"},
                      {"a", "/reveal", "200 secret"},
                      {"a", "/app", "301 > http://a:@PORT@/app/"},
                      {"a", "/app?x=1", "301 > http://a:@PORT@/app/?x=1"},
                      {"a", "/app/x", "200 GET /app/x"},
                      {"a", "/%6conger//..//exact", "200 exact"},
                      {"a", "/a%2e%2e", "200 root /a.."},
                  });
    CHECK(server.get("/secret").status == 404);
    CHECK(server.get("/../x").status == 400);
    CHECK(server.get("/%").status == 400);
}

TEST_CASE("rewrite: last, break, redirect, permanent, arguments, escapes, ten cycles at most") {
    const Origin origin(tell_request);
    const ConfServer server(
        "server { listen @LISTEN@; "
        R"(
        rewrite ^/site/(.*)$ /target/site-$1;
        location /target/ { return 200 "$uri?$args"; }
        location /last/ { rewrite ^/last/(.*)$ /target/$1 last; return 200 never; }
        location /break/ { rewrite ^/break/(.*)$ /target/$1 break; return 200 never; }
        location /args/ { rewrite ^/args/(.*)$ /target/?new=$1 last; }
        location /drop/ { rewrite ^/drop/(.*)$ /target/$1? last; }
        location /redirect/ { rewrite ^/redirect/(.*)$ /to/$1 redirect; }
        location /permanent/ { rewrite ^/permanent/(.*)$ /to/$1 permanent; }
        location /absolute/ { rewrite ^/absolute/(.*)$ https://b/$1; }
        location /cycle { rewrite ^ /cycle last; }
        location /inner/ { rewrite ^/inner/(.*)$ /new/$1 break; proxy_pass http://)" +
        origin.address() + R"(; }
        location /if/ {
            set $r none;
            if ($arg_v = 1) { set $r equal; }
            if ($arg_v != 1) { set $r "$r unequal"; }
            if ($arg_v ~ ^(a+)b$) { set $r "re $1"; }
            if ($arg_v ~* ^AB$) { set $r "$r caseless"; }
            if ($arg_v !~ b) { set $r "$r no-b"; }
            if ($arg_v) { set $r "$r true"; }
            if (-f @ROOT@/test.conf) { set $r "$r file"; }
            if (!-e @ROOT@/none) { set $r "$r none"; }
            if (-d @ROOT@) { set $r "$r dir"; }
            if ($request_method = POST) { return 405; }
            return 200 $r;
        } })");
    check(server, {
                      {"a", "/site/x", "200 /target/site-x?"},
                      {"a", "/last/x?y=1", "200 /target/x?y=1"},
                      {"a", "/args/x?old=1", "200 /target/?new=x&old=1"},
                      {"a", "/args/x%26y", "200 /target/?new=x%26y"},
                      {"a", "/drop/x?old=1", "200 /target/x?"},
                      {"a", "/redirect/x?y=1", "302 > http://a:@PORT@/to/x?y=1"},
                      {"a", "/redirect/x%20y", "302 > http://a:@PORT@/to/x%20y"},
                      {"a", "/permanent/x", "301 > http://a:@PORT@/to/x"},
                      {"a", "/absolute/x", "302 > https://b/x"},
                      {"a", "/inner/x%20y?z=1", "200 GET /new/x%20y?z=1"},
                      {"a", "/if/?v=1", "200 equal no-b true file none dir"},
                      {"a", "/if/?v=ab", "200 re a caseless true file none dir"},
                      {"a", "/if/?v=0", "200 none unequal no-b file none dir"},
                      {"a", "/if/", "200 none unequal no-b file none dir"},
                  });
    CHECK(server.get("/break/x").status == 404);
    CHECK(server.get("/cycle").status == 500);
    CHECK(ask(server, "POST /if/").status == 405);
}

TEST_CASE("return: texts, redirects, pages, and 444") {
    const ConfServer server(
        "server_tokens off; default_type text/plain; server { listen @LISTEN@; "
        R"(
        location = /text { return 200 "a\tb"; }
        location = /typed { default_type application/json; return 201 "{}"; }
        location = /empty { return 204; }
        location = /301 { return 301 /there; }
        location = /308 { return 308 https://b/$arg_a; }
        location = /url { return https://b/; }
        location = /403 { return 403 "no"; }
        location = /418 { return 418; }
        location = /444 { return 444; }
        location ~ ^/page/401 { return 401; }
        location ~ ^/page/404 { return 404; }
        location ~ ^/page/413 { return 413; }
        location ~ ^/page/503 { return 503; }
        location ~ ^/page/504 { return 504; }
    })");
    check(server, {
                      {"a", "/text", "200 a\tb"},
                      {"a", "/typed", "201 {}"},
                      {"a", "/empty", "204"},
                      {"a", "/301", "301 > http://a:@PORT@/there"},
                      {"b.c:99", "/301", "301 > http://b.c:@PORT@/there"},
                      {"a", "/308?a=1", "308 > https://b/1"},
                      {"a", "/url", "302 > https://b/"},
                      {"a", "/403", "403 no"},
                      {"a", "/418", "418"},
                  });
    CHECK(server.get("/typed")["Content-Type"] == "application/json");
    CHECK(server.get("/301").body == page("301 Moved Permanently"));
    CHECK(server.get("/page/401").body == page("401 Authorization Required"));
    CHECK(server.get("/page/404").body == page("404 Not Found"));
    CHECK(server.get("/page/413").start_line == "HTTP/1.1 413 Request Entity Too Large");
    CHECK(server.get("/page/503").body == page("503 Service Temporarily Unavailable"));
    CHECK(server.get("/page/504").start_line == "HTTP/1.1 504 Gateway Time-out");
    CHECK(server.get("/page/404")["Server"] == "sluice");
    Socket client = server.connect();
    client.send("GET /444 HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.ends());
}

TEST_CASE("error_page: URI, status of its own, named, elsewhere, of peers, and not twice") {
    const Origin teapot("HTTP/1.1 418 I'm a teapot\r\nContent-Length: 3\r\n\r\ntea");
    const Port nobody;
    const ConfServer server(
        "server { listen @LISTEN@; server_tokens off; "
        R"(
        error_page 404 /pages/404;
        error_page 500 =200 /pages/fine;
        error_page 503 = /own;
        error_page 403 http://b/denied;
        error_page 405 502 @named;
        error_page 418 /pages/$arg_p;
        error_page 504 /failing;
        location /pages/ { internal; return 200 "page $uri of $request_uri"; }
        location /own { return 202 own; }
        location /failing { return 404; }
        location @named { return 200 "named $request_method"; }
        location ~ ^/do/404 { return 404; }
        location ~ ^/do/500 { return 500; }
        location ~ ^/do/503 { return 503; }
        location ~ ^/do/403 { return 403; }
        location ~ ^/do/405 { return 405; }
        location ~ ^/do/504 { return 504; }
        location /down { proxy_pass http://)" +
        nobody.address() + R"(; }
        location /tea { proxy_intercept_errors on; proxy_pass http://)" +
        teapot.address() + R"(; }
        location /plain-tea { proxy_pass http://)" +
        teapot.address() + R"(; }
        location /again { error_page 404 /again; recursive_error_pages on; return 404; }
    })");
    check(server, {
                      {"a", "/do/404?x", "404 page /pages/404 of /do/404?x"},
                      {"a", "/do/500", "200 page /pages/fine of /do/500"},
                      {"a", "/do/503", "202 own"},
                      {"a", "/do/403", "302 > http://b/denied"},
                      {"a", "/do/405", "405 named GET"},
                      {"a", "/down", "502 named GET"},
                      {"a", "/tea?p=x", "418 page /pages/x of /tea?p=x"},
                      {"a", "/plain-tea", "418 tea"},
                  });
    CHECK(told(ask(server, "POST /do/405")) == "405 named POST");
    CHECK(told(ask(server, "POST /do/404")) == "404 page /pages/404 of /do/404");
    CHECK(server.get("/do/504").body == page("404 Not Found"));
    CHECK(server.get("/do/504").status == 404);
    CHECK(server.get("/again").status == 500);
}

TEST_CASE("map, geo, split_clients, set and the fields of requests as variables") {
    const ConfServer server(R"(
        map $arg_m $mapped { default none; a A; ~^b(?<rest>.*)$ B:$rest; ~*^c(.) C:$1; "" empty; }
        map $host $by_host { hostnames; default other; .sub.test sub; www.* www; }
        geo $arg_ip $place { default world; 10.0.0.0/8 ten; 10.1.0.0/16 near; 2001:db8::/32 six; }
        geo $arg_ip $range { ranges; default out; 10.0.0.0-10.0.0.9 in; }
        split_clients $arg_s $bucket { 50% first; * rest; }
        server { listen @LISTEN@;
            location /map { return 200 "$mapped $by_host"; }
            location /geo { return 200 "$place $range"; }
            location /split { return 200 $bucket; }
            location /set { set $a "${arg_a}1"; set $b "$a-$a"; return 200 "$b [$unset]"; set $unset x; }
            location /args { set $args "new=1"; return 200 "$args $arg_new $is_args$query_string"; }
            location /fields { return 200 "$http_x_a $cookie_b $request_method $server_protocol $scheme $arg_A"; }
        })");
    check(server, {
                      {"a", "/map?m=A", "200 A other"},
                      {"a", "/map?m=bcd", "200 B:cd other"},
                      {"a", "/map?m=Cx", "200 C:x other"},
                      {"a", "/map?m=x", "200 none other"},
                      {"a.sub.test", "/map", "200 empty sub"},
                      {"www.x.y", "/map", "200 empty www"},
                      {"a", "/geo?ip=10.1.2.3", "200 near out"},
                      {"a", "/geo?ip=10.0.0.3", "200 ten in"},
                      {"a", "/geo?ip=2001:db8::1", "200 six out"},
                      {"a", "/geo?ip=x", "200 world out"},
                      {"a", "/set?a=x", "200 x1-x1 []"},
                      {"a", "/args?old=1", "200 new=1 1 ?new=1"},
                  });
    CHECK(ask(server, "GET /fields?a=1", "X-A: one\r\nCookie: a=1; b=two\r\n").body == "one two GET HTTP/1.1 http 1");
    std::size_t first = 0;
    for (int i = 0; i < 200; ++i) first += server.get("/split?s=" + std::to_string(i)).body == "first";
    CHECK(first > 60);
    CHECK(first < 140);
}

TEST_CASE("proxy_pass: which URI the peer is asked for") {
    const Origin origin(tell_request), others(ok("other"));
    const std::string groups =
        "upstream u { server " + origin.address() + "; } upstream others { server " + others.address() + "; }";
    const ConfServer server(groups + R"(
        server { listen @LISTEN@;
            location /plain/ { proxy_pass http://u; }
            location /slash/ { proxy_pass http://u/; }
            location /base/ { proxy_pass http://u/other/; }
            location /joined { proxy_pass http://u/to; }
            location = /exact { proxy_pass http://u/exactly; }
            location ~ ^/regex/ { proxy_pass http://u; }
            location /var/ { set $to u; proxy_pass http://$to; }
            location /var-uri/ { set $to u; proxy_pass http://$to/fixed?a=$arg_a; }
            location /request/ { proxy_pass http://u$request_uri; }
            location ~ ^/groups/(.*)$ { proxy_pass http://u/got/$1; }
            location /rewritten/ { rewrite ^/rewritten/(.*)$ /slash/$1 last; }
            location /method { proxy_method PUT; proxy_pass http://u; }
            location /limited { proxy_pass http://u; limit_except GET { proxy_pass http://others; } }
            location /unknown { set $to nowhere; proxy_pass http://$to; }
        })");
    check(server, {
                      {"a", "/plain/a%2Fb//c?d", "200 GET /plain/a%2Fb//c?d"},
                      {"a", "/slash/a%20b?c", "200 GET /a%20b?c"},
                      {"a", "/slash/a%2Fb", "200 GET /a/b"},
                      {"a", "/base/x", "200 GET /other/x"},
                      {"a", "/joined/x", "200 GET /to/x"},
                      {"a", "/exact?x", "200 GET /exactly?x"},
                      {"a", "/regex/x", "200 GET /regex/x"},
                      {"a", "/var/x%20y?z", "200 GET /var/x%20y?z"},
                      {"a", "/var-uri/x?a=1", "200 GET /fixed?a=1"},
                      {"a", "/request/%41?b", "200 GET /request/%41?b"},
                      {"a", "/groups/x/y", "200 GET /got/x/y"},
                      {"a", "/rewritten/x?y", "200 GET /x?y"},
                      {"a", "/method", "200 PUT /method"},
                      {"a", "/limited", "200 GET /limited"},
                  });
    CHECK(ask(server, "DELETE /limited").body == "other");
    CHECK(ask(server, "HEAD /limited")["Content-Length"] == std::to_string(std::string("HEAD /limited").size()));
    CHECK(server.get("/unknown").status == 502);
}

TEST_CASE("proxy_set_header and add_header: values, inheritance, always, empty ones left out") {
    const Origin origin(ok("a"));
    const ConfServer server(
        "add_header X-Outer 1; add_header X-Always $arg_a always; server { listen @LISTEN@; location / { proxy_pass "
        "http://" +
        origin.address() + R"(;
            proxy_set_header Host $host; proxy_set_header X-Uri $uri; proxy_set_header X-Client ""; }
        location /own { add_header X-Own 2; return 200; }
        location /404 { return 404; }
        location /status { add_header X-Status $status; return 201; } })");
    const auto answer = ask(server, "GET /x?a=b", "X-Client: mine\r\nX-Other: yes\r\n");
    const auto seen = origin.last();
    CHECK(seen["Host"] == "a");
    CHECK(seen["X-Uri"] == "/x");
    CHECK_FALSE(seen.has("X-Client"));
    CHECK(seen["X-Other"] == "yes");
    CHECK(answer["X-Outer"] == "1");
    CHECK(answer["X-Always"] == "b");
    CHECK(server.get("/own")["X-Own"] == "2");
    CHECK_FALSE(server.get("/own").has("X-Outer"));
    CHECK_FALSE(server.get("/404?a=1").has("X-Outer"));
    CHECK(server.get("/404?a=1")["X-Always"] == "1");
    CHECK_FALSE(server.get("/404").has("X-Always"));
    CHECK(server.get("/status")["X-Status"] == "201");
}

TEST_CASE("keepalive_timeout, keepalive_requests, and Connection in every answer") {
    const ConfServer server(
        "server { listen @LISTEN@; return 200; location /told { keepalive_timeout 10s 20s; return 200; } } "
        "server { listen @LISTEN@; server_name never; keepalive_timeout 0; return 200; } "
        "server { listen @LISTEN@; server_name two; keepalive_requests 2; location / { return 200 "
        "$connection_requests; } "
        "location /error { return 404; } location /moved { return 301 /; } location /none { return 204; } } ");
    const auto once = [&](Socket& client, const std::string& host, const std::string& target) {
        client.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        return read_response(client);
    };
    Socket never = server.connect();
    CHECK(once(never, "never", "/")["Connection"] == "close");
    CHECK(never.ends());
    for (const char* target : {"/", "/error", "/moved", "/none"}) {
        Socket two = server.connect();
        CHECK(once(two, "two", target)["Connection"] == "keep-alive");
        CHECK(once(two, "two", target)["Connection"] == "close");
        CHECK(two.ends());
    }
}

TEST_CASE("HTTP/1.0: never chunked, kept only if asked for") {
    const Origin origin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    const ConfServer server("server { listen @LISTEN@; location / { proxy_pass http://" + origin.address() +
                            "; } location /text { return 200 text; } location /404 { return 404; } }");
    Socket old = server.connect();
    old.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
    const auto [whole, ending] = old.read_to_end();
    CHECK(whole.ends_with("\r\n\r\nabc"));
    CHECK(whole.find("Transfer-Encoding") == whole.npos);
    CHECK(whole.find("Connection: close\r\n") != whole.npos);
    CHECK(ending == Ending::closed);
    Socket kept = server.connect();
    for (const char* target : {"/text", "/404", "/text"}) {
        kept.send("GET " + std::string(target) + " HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
        const auto answer = read_response(kept);
        CHECK(answer["Connection"] == "keep-alive");
        CHECK(answer.has("Content-Length"));
    }
    Socket now = server.connect();
    now.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(read_response(now)["Transfer-Encoding"] == "chunked");
}

TEST_CASE("a body that nobody reads does not end the connection if it came along") {
    const ConfServer server("server { listen @LISTEN@; return 200 x; }");
    Socket client = server.connect();
    for (int i = 0; i < 3; ++i) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345");
        CHECK(read_response(client)["Connection"] == "keep-alive");
    }
}

TEST_CASE("log_format: variables of the request, the answer and the peer, escaped as asked for") {
    const Origin origin(ok("hello"));
    const ConfServer server(
        "log_format a '$connection $request_method \"$request\" $status $body_bytes_sent $upstream_addr "
        "$upstream_status [$http_x_a] $host'"
        " ' $arg_none|';"
        "log_format j escape=json '{\"x\":\"$http_x_a\"}';"
        "server { listen @LISTEN@; access_log @ROOT@/a.log a; access_log @ROOT@/j.log j; access_log @ROOT@/if.log a "
        "if=$arg_log;"
        "  location / { proxy_pass http://" +
        origin.address() + "; } location /404 { return 404; } location /off { access_log off; return 200; } }");
    ask(server, "GET /x", "X-A: q\" b\\ \xe4\r\n");
    ask(server, "GET /404?log=1");
    ask(server, "GET /off");
    ask(server, "GET /404?log=0");
    const auto lines = wait_for_lines(server.folder() / "a.log", 3);
    const auto page_size = std::to_string(server.get("/404").body.size());
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "1 GET \"GET /x HTTP/1.1\" 200 5 " + origin.address() + " 200 [q\\x22 b\\x5C \\xE4] a -|");
    CHECK(lines[1] == "2 GET \"GET /404?log=1 HTTP/1.1\" 404 " + page_size + " - - [-] a -|");
    CHECK(lines_of(read_file(server.folder() / "j.log")).at(0) == "{\"x\":\"q\\\" b\\\\ \xe4\"}");
    CHECK(lines_of(read_file(server.folder() / "if.log")).size() == 1);
}

TEST_CASE("a site may proxy to its own port") {
    const ConfServer server(
        "server { listen @LISTEN@; location / { proxy_pass http://@LISTEN@/inner/; } location /inner/ { return 200 "
        "\"inner $uri\"; } }");
    CHECK(server.get("/x").body == "inner /inner/x");
}

TEST_CASE("client_max_body_size: 413 before the body is read") {
    const Origin origin(ok("a"));
    const ConfServer server("server { listen @LISTEN@; client_max_body_size 10; location / { proxy_pass http://" +
                            origin.address() + "; } location /any { client_max_body_size 0; proxy_pass http://" +
                            origin.address() + "; } }");
    CHECK(ask(server, "POST /", "", "ten bytes.").status == 200);
    CHECK(ask(server, "POST /any", "", "more than ten bytes").status == 200);
    Socket client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n");
    CHECK(read_response(client).start_line == "HTTP/1.1 413 Request Entity Too Large");
    CHECK(origin.requests() == 2);
}
