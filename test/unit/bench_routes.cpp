// Which request gets to each route of a conf, and what the backends have to do for it.
#include <algorithm>
#include <csignal>

#include "bench/signals.hpp"
#include "support/staged.hpp"

using namespace sluice;
using namespace sluice::bench;
using namespace sluice::test;

TEST_CASE("a request for every route, or the reason why there is none") {
    const auto found = find(R"(events {}
http {
  upstream api { server 10.0.0.1:80; }
  server {
    listen 80;
    server_name .example.com;
    location / { proxy_pass http://10.0.0.2:8080; }
    location /api/ { proxy_pass http://api; location /api/deep { return 204; } }
    location = /one { return 301 /two; }
    location ^~ /static/ { root /nowhere; }
    location ~ \.(php|phtml)$ { proxy_pass http://api; }
    location ~* "^/Users/(\d{3})/photo$" { return 200 ok; }
    location /hidden { internal; return 200; }
    location /old { rewrite ^ /api/new last; }
    location @named { return 503; }
    location ~ ^/api/never$ { return 200; }
    location ~ ^/api/never$x { return 200; }
  }
  server { listen 80; server_name ~^(?<t>[a-z]+)\.app\.test$; return 404; location / { return 200; } }
  server { listen 8443 ssl; server_name secure.test; ssl_certificate /a.crt; ssl_certificate_key /a.key; location / { return 200; } }
})");
    CHECK(found["location /"].approach.url.target == "/");
    CHECK(found["location /"].approach.url.authority == "example.com");
    CHECK(found["location /"].leads == "to 10.0.0.2:8080");
    CHECK(found["location /"].place.text() == "/etc/n/n.conf:7");
    CHECK(found["location /api/"].leads == "to api");
    CHECK(found["location /api/deep"].approach.url.target == "/api/deep");
    CHECK(found["location = /one"].leads == "301");
    CHECK(found["location ^~ /static/"].why_not == "");
    CHECK(found["location ~ \\.(php|phtml)$"].approach.url.target.ends_with(".php"));
    CHECK(found["location ~* ^/Users/(\\d{3})/photo$"].approach.url.target == "/Users/777/photo");
    CHECK(found["location /hidden"].from == "location /, its backend answers X-Accel-Redirect: /hidden?sluice-bench");
    CHECK(found["location /hidden"].leads == "200");
    CHECK(found["location /old"].why_not == "");
    CHECK(found["location /old"].leads == "location /api/, to api");
    CHECK(found["location @named"].leads == "an error page, 503");
    CHECK(found["location ~ ^/api/never$"].why_not == "");
    CHECK(found["location ~ ^/api/never$x"].why_not.starts_with("no request was found that gets there; "));
    const auto sites =
        std::ranges::count_if(found.routes, [](const DrivenRoute& r) { return r.title.empty() && r.why_not.empty(); });
    CHECK(sites == 1);
    const auto secure = std::ranges::find_if(
        found.routes, [](const DrivenRoute& r) { return r.approach.url.authority == "secure.test"; });
    REQUIRE(secure != found.routes.end());
    CHECK(secure->approach.url.origin.secure);
    CHECK(secure->approach.url.origin.sni == "secure.test");
}

TEST_CASE("ways to locations that no request chooses from outside") {
    struct Row {
        const char* what;
        std::string conf;  // in a server
        std::string title, from, leads;
    };
    const Row rows[] = {
        {"try_files",
         "location / { root /nowhere; try_files $uri @app; } location @app { proxy_pass http://10.0.0.1; }",
         "location @app", "location /", "to 10.0.0.1"},
        {"an error page of what is not there",
         "location / { root /nowhere; error_page 404 /missing; } location = /missing { internal; return 404 no; }",
         "location = /missing", "location /", "404"},
        {"an error page of what return says",
         "location = /a { return 402; } error_page 402 @pay; location @pay { return 200; }", "location @pay",
         "location = /a", "200"},
        {"a rewrite of the server",
         "rewrite ^/p/(\\d+)$ /inner/$1 last; location / { return 200; } location /inner/ { internal; return 204; }",
         "location /inner/", "location /inner/", "204"},
        {"a rewrite of a location",
         "location /old/ { rewrite ^/old/(x+)y$ /inner/$1 last; return 200; } location /inner/ { internal; return 204; "
         "}",
         "location /inner/", "location /old/", "204"},
        {"a backend's error that is intercepted",
         "location / { proxy_pass http://10.0.0.1; proxy_intercept_errors on; error_page 503 = @b; } location @b { "
         "proxy_pass "
         "http://10.0.0.2; }",
         "location @b", "location /, its backend answers 503", "to 10.0.0.2"},
        {"a backend that fails",
         "location / { proxy_pass http://10.0.0.1; error_page 502 504 /50x; } location = /50x { internal; "
         "return 200; }",
         "location = /50x", "location /, its backend breaks off", "200"},
        {"X-Accel-Redirect", "location / { proxy_pass http://10.0.0.1; } location /files/ { internal; return 204; }",
         "location /files/", "location /, its backend answers X-Accel-Redirect: /files/?sluice-bench", "204"},
        {"X-Accel-Redirect to a location that asks the same peer",
         "location / { proxy_pass http://10.0.0.1; } location /more/ { internal; proxy_pass http://10.0.0.1; }",
         "location /more/", "location /, its backend answers X-Accel-Redirect: /more/?sluice-bench", "to 10.0.0.1"},
        {"a field",
         "location / { if ($http_x_old = yes) { rewrite ^ /inner last; } return 200; } location = /inner { internal; "
         "return "
         "204; }",
         "location = /inner", "location /, x-old: yes", "204"},
        {"a cookie",
         "if ($cookie_beta ~ ^v(\\d+)) { rewrite ^ /beta last; } location / { return 200; } location = /beta { "
         "internal; return 204; }",
         "location = /beta", "location = /beta, Cookie: beta=v7", "204"},
        {"an argument",
         "location / { error_page 418 = @t; if ($arg_a) { return 418; } return 200; } location @t { return 201; }",
         "location @t", "location /", "201"},
        {"a method",
         "location / { error_page 418 = @t; if ($request_method = PURGE) { return 418; } return 200; } location @t { "
         "return 201; }",
         "location @t", "location /, PURGE", "201"},
        {"a body that is too large",
         "location / { client_max_body_size 1k; error_page 413 @large; return 200; } location @large { return 413 big; "
         "}",
         "location @large", "location /, POST, a body of 1025 bytes", "413"},
        {"who is not let in",
         "location / { deny all; error_page 403 @out; root /nowhere; } location @out { return 403 out; }",
         "location @out", "location /", "403"},
        {"two turns, by two backends",
         "recursive_error_pages on; location / { proxy_pass http://10.0.0.1; error_page 502 = @b; } location @b { "
         "proxy_pass "
         "http://10.0.0.2; error_page 502 = @c; } location @c { return 200; }",
         "location @c", "location /, its backend breaks off", "200"},
    };
    for (const Row& row : rows) {
        INFO(row.what);
        const auto found = find("events {}\nhttp { server { listen 80; " + row.conf + " } }\n");
        const auto& route = found[row.title];
        CHECK(route.why_not == "");
        CHECK(route.from == row.from);
        CHECK(route.leads == row.leads);
    }
}

TEST_CASE("plain HTTP on a port of TLS leads to the page of a 497") {
    const auto found = find(R"(events {}
http { server { listen 443 ssl; ssl_certificate /a.crt; ssl_certificate_key /a.key;
  error_page 497 = @plain; location / { return 200; } location @plain { return 426 "TLS\n"; } } })");
    CHECK(found["location @plain"].leads == "426");
    CHECK_FALSE(found["location @plain"].approach.url.origin.secure);
}

TEST_CASE("sites without a name are asked as HTTP/1.0 allows it") {
    const auto found = find(R"(events {}
http {
  server { listen 80 default_server; server_name a.test; location /a { return 200; } }
  server { listen 80; location /b { return 201; } }
  server { listen 80; location /c { return 202; } }
})");
    CHECK(found["location /a"].approach.url.authority == "a.test");
    CHECK(found["location /b"].approach.without_host);
    CHECK(found["location /b"].from == "HTTP/1.0 without a host");
    const auto third = std::ranges::find_if(found.routes, [](const DrivenRoute& r) { return r.place.line == 5; });
    REQUIRE(third != found.routes.end());
    CHECK(third->why_not ==
          "no name was found that chooses this server; \"localhost\" gets to server a.test, /etc/n/n.conf:3");
}

TEST_CASE("where no request gets, the reason is told") {
    const auto found = find(R"(events {}
http { server { listen 80;
  location / { return 200; }
  location @nobody { return 200; }
  location @named { return 200; }
  location /named { if (-f /no/such/file) { return 418; } error_page 418 @named; return 200; }
  location /inside { internal; return 200; }
  location = /_auth { internal; return 204; }
  location /sso { auth_request /_auth; return 200; }
  location ~ ^/never$x { return 200; } } })");
    CHECK(found["location @nobody"].why_not == "it has a name, which nothing in this server leads to");
    CHECK(found["location @named"].why_not == "it has a name, and no request was found that is led there");
    CHECK(found["location /inside"].why_not == "it is internal, and no request was found that is led there");
    CHECK(found["location = /_auth"].why_not == "only auth_request leads there, which is not in sluice yet");
    CHECK(found["location ~ ^/never$x"].why_not.starts_with("no request was found that gets there; "));
}

TEST_CASE("a large conf is looked through in a moment") {
    std::string text = "events {}\nhttp {\n";
    for (int site = 0; site < 100; ++site) {
        text += "server { listen 80; server_name s" + std::to_string(site) + ".test;\n";
        for (int i = 0; i < 20; ++i) text += "location /l" + std::to_string(i) + "/ { proxy_pass http://10.0.0.1; }\n";
        text += "location /inner/ { internal; return 200; }\n}\n";
    }
    const auto found = find(text + "}\n");
    CHECK(found.routes.size() == 2200);
    CHECK(std::ranges::all_of(found.routes, [](const DrivenRoute& r) { return r.why_not.empty(); }));
    CHECK(found.asked < 7 * found.routes.size());
}

TEST_CASE("a large site is looked through with few questions") {
    constexpr int each = 1000;
    std::string text = "events {}\nhttp { server { listen 80; proxy_intercept_errors on; error_page 404 /nf;\n";
    for (int i = 0; i < each; ++i) {
        text += "location /l" + std::to_string(i) + "/ { proxy_pass http://10.0.0.1; }\n";
        text += "location @n" + std::to_string(i) + " { return 200; }\n";
    }
    const auto found = find(text + "} }\n");
    CHECK(found.routes.size() == 2 * each + 1);  // the server block is one
    CHECK(std::ranges::all_of(found.routes, [](const DrivenRoute& r) { return r.why_not.empty(); }));
    CHECK(found.asked < 10 * each);
}

TEST_CASE("a signal ends the search for routes") {
    const SignalsHeld held;
    raise(SIGTERM);
    const auto found =
        find("events {}\nhttp { server { listen 80; location / { return 200; } location @a { return 200; } } }\n");
    timespec at_once{};
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    CHECK(sigtimedwait(&term, nullptr, &at_once) == SIGTERM);
    CHECK(found["location /"].why_not == "the run was ended early");
    CHECK(found["location @a"].why_not == "the run was ended early");
}
