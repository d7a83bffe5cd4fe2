// A conf made ready for sluice bench conf: where it listens, whom it asks, what it writes.
#include <algorithm>

#include "bench/sample.hpp"
#include "core/regex.hpp"
#include "support/staged.hpp"

using namespace sluice;
using namespace sluice::bench;
using namespace sluice::test;

namespace {

bool has(const Staged& s, std::string_view line) { return s.text.find(std::string(line) + "\n") != std::string::npos; }

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
