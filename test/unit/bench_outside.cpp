// Whatever a conf says, sluice bench conf touches nothing but its own clients, backends and folder.
#include <algorithm>
#include <set>

#include "bench/group_names.hpp"
#include "bench/stage_words.hpp"
#include "support/staged.hpp"

using namespace sluice;
using namespace sluice::bench;
using namespace sluice::test;

namespace {

/// Words that change what clients and backends see, and nothing beside them. Files that are served are only read.
const std::set<std::string_view> harmless = {"absolute_redirect",
                                             "add_header",
                                             "add_header_inherit",
                                             "add_trailer",
                                             "add_trailer_inherit",
                                             "alias",
                                             "allow",
                                             "break",
                                             "chunked_transfer_encoding",
                                             "client_body_buffer_size",
                                             "client_body_in_file_only",
                                             "client_body_timeout",
                                             "client_header_buffer_size",
                                             "client_header_timeout",
                                             "client_max_body_size",
                                             "default_type",
                                             "deny",
                                             "disable_symlinks",
                                             "error_page",
                                             "etag",
                                             "events",
                                             "expires",
                                             "geo",
                                             "http",
                                             "if",
                                             "if_modified_since",
                                             "ignore_invalid_headers",
                                             "index",
                                             "internal",
                                             "keepalive",
                                             "keepalive_disable",
                                             "keepalive_requests",
                                             "keepalive_time",
                                             "keepalive_timeout",
                                             "large_client_header_buffers",
                                             "least_conn",
                                             "limit_except",
                                             "limit_rate",
                                             "limit_rate_after",
                                             "lingering_close",
                                             "lingering_time",
                                             "lingering_timeout",
                                             "location",
                                             "log_format",
                                             "log_not_found",
                                             "map",
                                             "max_headers",
                                             "max_ranges",
                                             "merge_slashes",
                                             "msie_padding",
                                             "open_file_cache",
                                             "open_file_cache_errors",
                                             "open_file_cache_min_uses",
                                             "open_file_cache_valid",
                                             "open_log_file_cache",
                                             "port_in_redirect",
                                             "proxy_buffer_size",
                                             "proxy_buffering",
                                             "proxy_buffers",
                                             "proxy_busy_buffers_size",
                                             "proxy_connect_timeout",
                                             "proxy_cookie_domain",
                                             "proxy_cookie_flags",
                                             "proxy_cookie_path",
                                             "proxy_hide_header",
                                             "proxy_http_version",
                                             "proxy_ignore_client_abort",
                                             "proxy_ignore_headers",
                                             "proxy_intercept_errors",
                                             "proxy_limit_rate",
                                             "proxy_max_temp_file_size",
                                             "proxy_method",
                                             "proxy_next_upstream",
                                             "proxy_next_upstream_timeout",
                                             "proxy_next_upstream_tries",
                                             "proxy_pass_header",
                                             "proxy_pass_request_body",
                                             "proxy_pass_request_headers",
                                             "proxy_read_timeout",
                                             "proxy_redirect",
                                             "proxy_request_buffering",
                                             "proxy_send_timeout",
                                             "proxy_set_body",
                                             "proxy_set_header",
                                             "proxy_socket_keepalive",
                                             "proxy_ssl_certificate_cache",
                                             "proxy_ssl_ciphers",
                                             "proxy_ssl_conf_command",
                                             "proxy_ssl_protocols",
                                             "proxy_ssl_session_reuse",
                                             "proxy_ssl_verify_depth",
                                             "proxy_status",
                                             "proxy_temp_file_write_size",
                                             "proxy_tunnel_timeout",
                                             "real_ip_header",
                                             "real_ip_recursive",
                                             "recursive_error_pages",
                                             "reset_timedout_connection",
                                             "return",
                                             "rewrite",
                                             "rewrite_log",
                                             "root",
                                             "satisfy",
                                             "send_timeout",
                                             "sendfile",
                                             "sendfile_max_chunk",
                                             "server_name",
                                             "server_name_in_redirect",
                                             "server_tokens",
                                             "set",
                                             "split_clients",
                                             "ssl_buffer_size",
                                             "ssl_certificate_cache",
                                             "ssl_ciphers",
                                             "ssl_conf_command",
                                             "ssl_early_data",
                                             "ssl_ecdh_curve",
                                             "ssl_handshake_timeout",
                                             "ssl_prefer_server_ciphers",
                                             "ssl_protocols",
                                             "ssl_reject_handshake",
                                             "ssl_session_cache",
                                             "ssl_session_tickets",
                                             "ssl_session_timeout",
                                             "ssl_verify_depth",
                                             "stub_status",
                                             "try_files",
                                             "types",
                                             "underscores_in_headers",
                                             "upstream",
                                             "worker_processes",
                                             "worker_shutdown_timeout"};

}  // namespace

TEST_CASE("each word that sluice obeys is dealt with, or known to be harmless") {
    for (const auto table : config::tables())
        for (const config::Row& row : table) {
            if (row.support != config::Support::here || (row.contexts & ~config::in::of_stream) == 0) continue;
            if (row.name == "server") continue;  // a block, or a peer: see the next test
            const bool dealt_with = touch_of(row.name, row.contexts) != Touch::nothing;
            INFO(row.name << ": does it reach other machines, write files, or change the process? Then it is a row of "
                             "bench/stage_words; else it is harmless");
            CHECK(dealt_with != harmless.contains(row.name));
        }
}

TEST_CASE("a conf with every way out has none when it is staged") {
    const auto s = staged(R"(user www; pid /run/x.pid; daemon on; working_directory /var/crash; lock_file /run/l;
worker_rlimit_core 1g; worker_rlimit_nofile 9; load_module /m.so; error_log /var/log/e.log; error_log syslog:server=10.9.9.1;
events {}
stream { server { listen 10.9.9.2:53; proxy_pass 10.9.9.3:53; } }
http {
  resolver 10.9.9.4; proxy_bind 10.9.9.5; set_real_ip_from trusted.foreign.test; set_real_ip_from 127.0.0.2;
  access_log /var/log/$host.log; access_log syslog:server=10.9.9.6; access_log /var/log/b.log combined gzip buffer=4k;
  client_body_temp_path /var/tmp/b; proxy_temp_path /var/tmp/p; ssl_key_log /var/keys.log;
  ssl_stapling on; ssl_stapling_responder http://10.9.9.7/; ssl_stapling_file /var/s.der; ssl_stapling_verify on;
  upstream api { server 10.9.9.8; server foreign.test:81; server unix:/run/foreign.sock; zone z 64k; }
  server {
    listen 10.9.9.9:80; listen [fd00::9]:80; listen unix:/run/foreign2.sock; listen 443 ssl; server_name a.test;
    ssl_certificate $ssl_server_name.crt; ssl_certificate_key $ssl_server_name.key;
    ssl_client_certificate /ca/clients.pem; ssl_verify_client on; ssl_ocsp on; ssl_ocsp_responder http://10.9.9.10/;
    location /a { proxy_pass http://foreign.test; }
    location /b { proxy_pass https://foreign.test:444/x; proxy_ssl_verify on; proxy_ssl_trusted_certificate /ca/p.pem;
      proxy_ssl_certificate client.crt; proxy_ssl_certificate_key $host.key; proxy_ssl_name foreign.test; }
    location /c { proxy_pass http://unix:/run/foreign3.sock:/x; }
    location /d { proxy_pass http://$host$request_uri; }
    location /e { proxy_pass $scheme://foreign.test$uri; }
    location /f { proxy_pass http://api$uri_of_mine; }
    location /g { proxy_pass http://api:81; }
    location /h { proxy_pass http://${host}; error_log /var/log/h.log debug; }
  } }
)");
    for (const char* way : {"10.9.9", "fd00", "foreign", "/var/", "/run/", "/m.so", "www", "daemon", "rlimit",
                            "\nstream", "resolver", "proxy_bind", "stapling", "ocsp", "proxy_ssl_verify",
                            "proxy_ssl_name", "proxy_pass http://$", "verify_client on", "syslog"}) {
        INFO(way);
        CHECK(s.text.find(way) == s.text.npos);
    }
    CHECK(s.text.find("proxy_pass http://api") == s.text.npos);
    CHECK(s.text.find("set_real_ip_from 127.0.0.2;") != s.text.npos);
    CHECK(s.text.find("proxy_ssl_certificate \"/tmp/s/own.crt\"") != s.text.npos);
    CHECK(s.text.find("proxy_ssl_certificate_key \"/tmp/s/own.key\"") != s.text.npos);
    CHECK(s.text.find("ssl_certificate \"/tmp/s/own.crt\"") != s.text.npos);
    // Every path that is left is of the run's folder, or of a file that is only read.
    for (auto at = s.text.find("\"/"); at != s.text.npos; at = s.text.find("\"/", at + 1)) {
        INFO(s.text.substr(at, 40));
        CHECK((s.text.substr(at).starts_with("\"/tmp/s/") || s.text.substr(at).starts_with("\"/ca/")));
    }
}

TEST_CASE("files of TLS are looked for beside the user's conf, or their like is made") {
    const std::string conf =
        R"(events {} http { server { listen 443 ssl; ssl_certificate a.crt; ssl_certificate_key sub/a.key;
  location / { proxy_pass https://10.0.0.1; proxy_ssl_certificate b.crt; proxy_ssl_certificate_key b.key; }
  location /none { proxy_pass https://10.0.0.1; proxy_ssl_certificate ""; } } })";
    const auto there = staged(conf);
    CHECK(there.text.find("ssl_certificate_key \"/etc/n/sub/a.key\";") != there.text.npos);
    CHECK(there.text.find("proxy_ssl_certificate \"/etc/n/b.crt\";") != there.text.npos);
    CHECK(there.text.find("proxy_ssl_certificate \"\";") != there.text.npos);
    CHECK(there.notes.empty());
    const auto missing = staged(conf, none_readable);
    CHECK(missing.text.find("\"/etc/n/") == missing.text.npos);
    CHECK(missing.text.find("proxy_ssl_certificate \"/tmp/s/own.crt\";") != missing.text.npos);
    CHECK(missing.notes.size() == 2);
}

TEST_CASE("a variable leads to a group only if nothing else can come of it") {
    const auto leads = [](const std::string& more, std::string_view variable = "$x") {
        const std::string text =
            "events {}\nhttp { upstream a { server 10.0.0.1; } upstream b { server 10.0.0.2; }\n" + more + " }\n";
        auto conf = config::parse(config::MemoryFiles({{"n.conf", text}}), "n.conf");
        config::check(conf);
        REQUIRE(conf.ok());
        return GroupNames(conf).come_of(variable);
    };
    CHECK(leads("map $host $x { default a; c b; }"));
    CHECK(leads("map $host $x { default $y; } split_clients $host $y { 5% a; * b; }"));
    CHECK(leads("geo $x { default a; 10.0.0.0/8 b; }"));
    CHECK_FALSE(leads(""));
    CHECK_FALSE(leads("map $host $x { default a; c 10.0.0.3; }"));
    CHECK_FALSE(leads("map $host $x { default a; ~^(.*)$ $1; }"));
    CHECK_FALSE(leads("map $host $x { default $y; }"));
    CHECK_FALSE(leads("map $host $x { default $x; }"));
    CHECK_FALSE(leads("map $host $x { default a; } server { set $x $host; }"));
    CHECK_FALSE(leads("map $host $x { default a; } server { location / { if ($host) { set $x foreign; } } }"));
    CHECK_FALSE(leads("map $host $x { default a; } server { server_name ~^(?<x>.*)$; }"));
    CHECK_FALSE(leads("map $host $x { default a; } server { location ~ ^/(?P<x>.*)$ { return 200; } }"));
    CHECK_FALSE(leads("map $host $x { default a; } map $host $z { ~^(?<x>.+)$ 1; }"));
    CHECK_FALSE(leads("map $host $x { default $y; } map $host $y { default a; } server { set $y foreign; }"));
}
