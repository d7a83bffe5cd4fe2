// A conf made ready for sluice bench conf: where it listens, whom it asks, and which request gets to each route.
#include <algorithm>

#include "bench/routes.hpp"
#include "bench/sample.hpp"
#include "bench/stage.hpp"
#include "compile/compile.hpp"
#include "config/checker.hpp"
#include "config/parser.hpp"
#include "core/regex.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::bench;

namespace {

std::uint16_t next_port(void* at) { return (*static_cast<std::uint16_t*>(at))++; }
bool all_readable(const std::string&) { return true; }
bool none_readable(const std::string&) { return false; }

Staged staged(const std::string& text, bool (*readable)(const std::string&) = all_readable) {
    const config::MemoryFiles files(
        {{"/etc/n/n.conf", text}, {"/etc/n/more.conf", "location /more { return 204; }\n"}});
    auto conf = config::parse(files, "/etc/n/n.conf");
    config::check(conf);
    std::string wrong;
    for (const auto& diagnostic : conf.diagnostics.all()) wrong += config::render(diagnostic, conf.sources);
    INFO(wrong);
    REQUIRE(conf.ok());
    std::uint16_t port = 9001;
    return stage(conf, {"/tmp/s/", "/etc/n/", next_port, &port, readable, "/tmp/s/own.crt", "/tmp/s/own.key", "root"});
}

bool has(const Staged& s, std::string_view line) { return s.text.find(std::string(line) + "\n") != std::string::npos; }

struct Found {
    Staged staged;
    std::shared_ptr<route::Snapshot> snapshot;
    std::vector<DrivenRoute> routes;

    const DrivenRoute& operator[](std::string_view title) const {
        const auto at = std::ranges::find(routes, title, &DrivenRoute::title);
        if (at == routes.end()) FAIL("there is no " << title);
        return *at;
    }
};

Found find(const std::string& text) {
    Found out{staged(text), {}, {}};
    auto conf = config::parse(config::MemoryFiles({{"staged.conf", out.staged.text}}), "staged.conf");
    config::check(conf);
    out.snapshot = compile::compile(std::move(conf), {.prefix = "/nowhere/", .error_log = "", .only_check = true});
    std::string wrong;
    for (const auto& diagnostic : out.snapshot->conf.diagnostics.all())
        wrong += config::render(diagnostic, out.snapshot->conf.sources);
    INFO(wrong);
    REQUIRE(out.snapshot->conf.ok());
    out.routes = find_routes(*out.snapshot, out.staged, "GET", {});
    return out;
}

}  // namespace

TEST_CASE("listeners go to the loopback, the same one to the same port") {
    const auto s = staged(R"(user www; pid /run/x.pid; daemon on; events {}
http {
  server { listen 80 default_server reuseport backlog=5; listen [::]:80; server_name a; return 200; }
  server { listen *:80; listen 443 ssl http2; ssl_certificate a.crt; ssl_certificate_key /k/a.key; return 200; }
  server { return 200; }
  server { listen unix:/run/s proxy_protocol; return 200; }
})");
    CHECK(has(s, "listen 127.0.0.1:9001 default_server;"));
    CHECK(has(s, "listen 127.0.0.1:9002;"));
    CHECK(has(s, "listen 127.0.0.1:9001;"));
    CHECK(has(s, "listen 127.0.0.1:9003 ssl;"));
    CHECK(has(s, "listen 127.0.0.1:9004;"));
    CHECK(s.listeners.size() == 4);
    CHECK(has(s, "ssl_certificate \"/etc/n/a.crt\";"));
    CHECK(has(s, "ssl_certificate_key \"/k/a.key\";"));
    CHECK(has(s, "user root;"));
    CHECK(has(s, "pid \"/tmp/s/sluice.pid\";"));
    CHECK(s.text.find("www") == s.text.npos);
    CHECK(s.text.find("daemon") == s.text.npos);
    CHECK(s.text.find("/run/") == s.text.npos);
    CHECK(s.notes.size() == 2);
}

TEST_CASE("nobody but our own backends is asked") {
    const auto s = staged(R"(events {}
http {
  resolver 10.0.0.53;
  upstream api { server 10.0.0.1:80 weight=5; server app.example.com backup; keepalive 8; }
  map $host $target { default http://10.9.9.9; }
  split_clients $request_id $canary { 5% api; * other; }
  map $host $mixed { default api; x 10.9.9.9; }
  upstream other { server 10.0.0.9; }
  server {
    listen 80;
    location /a { proxy_pass http://api; }
    location /b { proxy_pass https://10.0.0.1:443/x/; proxy_ssl_verify on; proxy_bind 10.0.0.7; }
    location /c { proxy_pass $target; }
    location /d { proxy_pass http://$host:8080$request_uri; }
    location /f { proxy_pass http://$canary; }
    location /g { proxy_pass http://$mixed; }
    location /h { proxy_pass http://api$request_uri; }
    location /i { proxy_pass http://10.0.0.1:443$uri; }
    location /e { proxy_pass http://unix:/run/app.sock:/uri; }
  }
})");
    CHECK(has(s, "server 127.0.0.1:9001 weight=5;"));
    CHECK(has(s, "server 127.0.0.1:9002 backup;"));
    CHECK(has(s, "proxy_pass http://api;"));
    CHECK(has(s, "proxy_pass \"https://127.0.0.1:9005/x/\";"));
    CHECK(has(s, "proxy_pass \"http://127.0.0.1:9006\";"));
    CHECK(has(s, "proxy_pass \"http://127.0.0.1:9007$request_uri\";"));
    CHECK(has(s, "proxy_pass http://$canary;"));
    CHECK(has(s, "proxy_pass http://api$request_uri;"));
    CHECK(has(s, "proxy_pass \"http://127.0.0.1:9005$uri\";"));
    CHECK(has(s, "proxy_pass \"http://127.0.0.1:9008\";"));
    CHECK(has(s, "proxy_pass \"http://127.0.0.1:9009/uri\";"));
    for (const char* gone :
         {"resolver", "10.0.0.1", "app.example.com", "proxy_bind", "proxy_ssl_verify", "/run/app.sock"}) {
        INFO(gone);
        CHECK(s.text.find(gone) == s.text.npos);
    }
    CHECK(s.peers.size() == 8);
    CHECK(s.peers[0].name == "api");
    CHECK(s.peers[0].peer == "10.0.0.1:80");
}

TEST_CASE("logs, temporary files and certificates that cannot be read") {
    const auto s = staged(R"(error_log /var/log/e.log warn; events {}
http {
  access_log /var/log/a.log combined buffer=4k;
  client_body_temp_path /var/tmp/b 1 2;
  server { listen 443 ssl; ssl_certificate a.crt; ssl_certificate_key a.key; ssl_dhparam dh.pem; ssl_verify_client off;
    location / { access_log syslog:server=10.0.0.1 combined; error_log syslog:server=10.0.0.1 info; return 200; }
    location /off { access_log off; return 200; } }
})",
                          none_readable);
    for (const char* gone : {"/var/", "10.0.0.1", "dh.pem", "a.crt"}) {
        INFO(gone);
        CHECK(s.text.find(gone) == s.text.npos);
    }
    CHECK(has(s, "ssl_certificate \"/tmp/s/own.crt\";"));
    CHECK(has(s, "ssl_certificate_key \"/tmp/s/own.key\";"));
    CHECK(has(s, "client_body_temp_path \"/tmp/s/client_body_temp_path\" 1 2;"));
    CHECK(has(s, "proxy_temp_path \"/tmp/s/proxy_temp_path\";"));
    CHECK(has(s, "access_log off;"));
    CHECK(s.text.find(" combined buffer=4k;\n") != s.text.npos);
    CHECK(s.notes.size() == 3);
}

TEST_CASE("each line knows where it came from, through includes, quotes and lines") {
    const auto s = staged(
        "events {}\nhttp {\n  log_format x 'a \"b\" $uri'\n    'c\\'d';\n  map $uri $m {\n    \"~^/x\\.y$\" \"a;b\";\n "
        " }\n  server {\n    listen 80;\n    include "
        "more.conf;\n    if ($request_method = \"POST\") { return 405; }\n  }\n}\n");
    CHECK(has(s, "log_format x 'a \"b\" $uri' 'c\\'d';"));
    CHECK(has(s, "\"~^/x\\.y$\" \"a;b\";"));
    CHECK(has(s, "if ($request_method = \"POST\" ) {"));  // the same words
    const auto place_of = [&](std::string_view line) {
        const auto found = s.text.find(line);
        REQUIRE(found != s.text.npos);
        return s
            .places[static_cast<std::size_t>(
                std::count(s.text.begin(), s.text.begin() + static_cast<std::ptrdiff_t>(found), '\n'))]
            .text();
    };
    CHECK(place_of("location /more") == "/etc/n/more.conf:1");
    CHECK(place_of("listen 127") == "/etc/n/n.conf:9");
    CHECK(static_cast<std::size_t>(std::ranges::count(s.text, '\n')) == s.places.size());
    const auto line =
        std::count(s.text.begin(), s.text.begin() + static_cast<std::ptrdiff_t>(s.text.find("listen 127")), '\n') + 1;
    CHECK(in_words_of_conf("bad in /t/staged.conf:" + std::to_string(line) + ": x /t/staged.conf:99999",
                           "/t/staged.conf", s) == "bad in /etc/n/n.conf:9: x /t/staged.conf:99999");
}

TEST_CASE("samples of regexes match them") {
    for (const char* pattern :
         {R"(\.php$)", R"(^/api/v[0-9]+/users/(\d+)$)", R"(^/(en|de)/.*\.(jpe?g|png)$)", R"(^~?/x{2,3}y*z+$)",
          R"(^/[^/]+/edit$)", R"(^(?<user>[a-z0-9-]+)\.example\.com$)", R"(/(?:a|b)(?=/c)/c)", R"(^/\w+\s?$)",
          R"(^/[[:digit:]]{4}/[[:alpha:]]+$)", R"(^/a+?b*+c$)", R"(^/[]x-]$)", R"((?i)^/ABC$)", R"(^/[\w.-]+\.css$)"}) {
        INFO(pattern);
        const auto outcome = core::Regex::compile(pattern);
        REQUIRE(outcome.regex);
        core::Captures captures;
        const auto samples = samples_of_regex(pattern);
        CHECK(std::ranges::any_of(samples, [&](const std::string& sample) {
            return outcome.regex->match(sample, captures) == core::Match::yes;
        }));
    }
}

TEST_CASE("hostile patterns end soon and stay small") {
    for (const std::string& pattern :
         {std::string(100000, '('), std::string("(((((a{9999}){9999}){9999}){9999}){9999})"), std::string("["),
          std::string("[^"), std::string("\\"), std::string("(?<"), std::string("(?"), std::string("a{"),
          std::string("a{99999999999999999999}"), std::string("[[:"), std::string("[a-"), std::string(")))")})
        for (const auto& sample : samples_of_regex(pattern)) CHECK(sample.size() <= 512);
}

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
    CHECK(found["location /"].url.target == "/");
    CHECK(found["location /"].url.authority == "example.com");
    CHECK(found["location /"].leads == "to 10.0.0.2:8080");
    CHECK(found["location /"].place.text() == "/etc/n/n.conf:7");
    CHECK(found["location /api/"].leads == "to api");
    CHECK(found["location /api/deep"].url.target == "/api/deep");
    CHECK(found["location = /one"].leads == "301");
    CHECK(found["location ^~ /static/"].why_not == "");
    CHECK(found["location ~ \\.(php|phtml)$"].url.target.ends_with(".php"));
    CHECK(found["location ~* ^/Users/(\\d{3})/photo$"].url.target == "/Users/777/photo");
    CHECK(found["location /hidden"].why_not == "it is internal, and is reached from other locations only");
    CHECK(found["location /old"].why_not == "");
    CHECK(found["location /old"].leads == "location /api/, to api");
    CHECK(found["location @named"].why_not == "it has a name, and is reached from other locations only");
    CHECK(found["location ~ ^/api/never$"].why_not == "");
    CHECK(found["location ~ ^/api/never$x"].why_not.starts_with("no URI was found that chooses it; "));
    const auto sites =
        std::ranges::count_if(found.routes, [](const DrivenRoute& r) { return r.title.empty() && r.why_not.empty(); });
    CHECK(sites == 1);
    const auto secure =
        std::ranges::find_if(found.routes, [](const DrivenRoute& r) { return r.url.authority == "secure.test"; });
    REQUIRE(secure != found.routes.end());
    CHECK(secure->url.origin.secure);
    CHECK(secure->url.origin.sni == "secure.test");
}
