// allow, deny, satisfy, limit_except and the real_ip family in whole confs. The answers are those of nginx 1.22.
#include "support/decide.hpp"

using namespace sluice::test;

namespace {
/// The client is whoever X says.
constexpr const char* anybody = "set_real_ip_from 127.0.0.1; real_ip_header X;\n";
}  // namespace

TEST_CASE("rules are asked after rewrites and before what serves") {
    check_server(std::string(anybody) + R"conf(
        location /return { deny all; return 200 text; }
        location /deny { deny all; proxy_pass http://127.0.0.1:1; }
        location /first { deny 1.2.3.4; allow 1.2.0.0/16; deny all; proxy_pass http://127.0.0.1:1; }
        location /if { if ($arg_a) { set $b 1; } deny all; proxy_pass http://127.0.0.1:1; }
        location /rewritten { rewrite ^ /first last; }
        location /unserved { deny 1.2.3.4; }
        location /six { allow 2001:db8::/32; deny all; proxy_pass http://127.0.0.1:1; }
        location /all-six { deny ::/0; proxy_pass http://127.0.0.1:1; }
        location /both { deny ::/0; allow 1.2.3.4; proxy_pass http://127.0.0.1:1; }
        location /mapped { deny ::ffff:1.2.3.0/120; proxy_pass http://127.0.0.1:1; }
    )conf",
                 {{"/return", "200 text"},
                  {"/deny", "403 page"},
                  {"/first +X:1.2.3.4", "403 page"},
                  {"/first +X:1.2.3.5", "200 proxy 127.0.0.1:1 /first"},
                  {"/first +X:1.3.3.5", "403 page"},
                  {"/if?a=1", "403 page"},
                  {"/rewritten +X:1.2.3.5", "200 proxy 127.0.0.1:1 /first"},
                  {"/rewritten +X:1.2.3.4", "403 page"},
                  {"/unserved +X:1.2.3.4", "403 page"},
                  {"/unserved", "404 page"},
                  {"/six +X:2001:db8::7", "200 proxy 127.0.0.1:1 /six"},
                  {"/six +X:2001:db9::7", "403 page"},
                  {"/mapped +X:1.2.3.4", "200 proxy 127.0.0.1:1 /mapped"},
                  {"/mapped +X:::ffff:1.2.3.4", "403 page"},
                  {"/mapped +X:::ffff:1.2.4.4", "200 proxy 127.0.0.1:1 /mapped"},
                  {"/all-six +X:1.2.3.4", "200 proxy 127.0.0.1:1 /all-six"},
                  {"/all-six +X:::ffff:1.2.3.4", "403 page"},
                  {"/both +X:::ffff:1.2.3.4", "200 proxy 127.0.0.1:1 /both"},
                  {"/both +X:::ffff:2.2.3.4", "200 proxy 127.0.0.1:1 /both"},
                  {"/first +X:::ffff:1.2.3.4", "403 page"},
                  {"/first +X:::ffff:1.2.3.5", "200 proxy 127.0.0.1:1 /first"}});
}

TEST_CASE("rules of a level take the place of those around it") {
    check_rows(std::string(anybody) + R"conf(
        deny all;
        server { listen 80; location / { proxy_pass http://127.0.0.1:1; }
            location /in { allow all; proxy_pass http://127.0.0.1:1; location /in/deeper { proxy_pass http://127.0.0.1:1; } } }
        server { listen 80; server_name b; allow 1.0.0.0/8; location / { proxy_pass http://127.0.0.1:1; } }
    )conf",
               {{"/", "403 page"}, {"/in", "200 proxy 127.0.0.1:1 /in"}, {"/in/deeper", "200 proxy 127.0.0.1:1 /in/deeper"}, {"/ b", "200 proxy 127.0.0.1:1 /"}});
}

TEST_CASE("pages and internal redirects meet the rules of their own location") {
    check_server(R"conf(
        location /a { deny all; error_page 403 /open; proxy_pass http://127.0.0.1:1; }
        location /b { deny all; error_page 403 =200 /open; proxy_pass http://127.0.0.1:1; }
        location /c { deny all; error_page 403 /shut; proxy_pass http://127.0.0.1:1; }
        location /d { deny all; error_page 403 @named; proxy_pass http://127.0.0.1:1; }
        location /e { deny all; error_page 403 @shut; proxy_pass http://127.0.0.1:1; }
        location /f { error_page 404 /shut; return 404; }
        location /open { proxy_pass http://127.0.0.1:1; }
        location /shut { deny all; proxy_pass http://127.0.0.1:1; }
        location @named { proxy_pass http://127.0.0.1:1; }
        location @shut { deny all; proxy_pass http://127.0.0.1:1; }
    )conf",
                 {{"/a", "403 proxy 127.0.0.1:1 /open"},
                  {"/b", "200 proxy 127.0.0.1:1 /open"},
                  {"/c", "403 page"},
                  {"/d", "403 proxy 127.0.0.1:1 /d"},
                  {"/e", "403 page"},
                  {"/f", "403 page"}});
}

TEST_CASE("limit_except has rules of its own, and satisfy joins what there is") {
    check_server(std::string(anybody) + R"conf(
        location /get { limit_except GET { deny all; } proxy_pass http://127.0.0.1:1; }
        location /some { deny 1.2.3.4; limit_except POST { allow 1.2.3.4; deny all; } proxy_pass http://127.0.0.1:1; }
        location /returns { limit_except GET { deny all; } return 200 text; }
        location /any { satisfy any; deny all; proxy_pass http://127.0.0.1:1; }
        location /any-none { satisfy any; deny 1.2.3.4; proxy_pass http://127.0.0.1:1; }
    )conf",
                 {{"/get", "200 proxy 127.0.0.1:1 /get"},
                  {"HEAD /get", "200 proxy 127.0.0.1:1 /get"},
                  {"POST /get", "403 page"},
                  {"BREW /get", "403 page"},
                  {"POST /some +X:1.2.3.4", "403 page"},
                  {"POST /some", "200 proxy 127.0.0.1:1 /some"},
                  {"/some +X:1.2.3.4", "200 proxy 127.0.0.1:1 /some"},
                  {"/some", "403 page"},
                  {"/returns", "200 text"},
                  {"POST /returns", "403 page"},
                  {"/any", "403 page"},
                  {"/any-none", "200 proxy 127.0.0.1:1 /any-none"}});
}

TEST_CASE("the client is who a trusted proxy says") {
    check_rows(R"conf(
        geo $place { default far; 1.0.0.0/8 near; }
        server { listen 80; set_real_ip_from 127.0.0.1; set_real_ip_from 10.0.0.0/8;
            location / { return 200 "$remote_addr:$remote_port $realip_remote_addr:$realip_remote_port $place"; } }
        server { listen 80; server_name list; set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;
            location / { return 200 $remote_addr:$remote_port; } }
        server { listen 80; server_name chain; set_real_ip_from 127.0.0.1; set_real_ip_from 10.0.0.0/8; set_real_ip_from proxy.test;
            real_ip_header X-Forwarded-For; real_ip_recursive on; location / { return 200 $remote_addr:$remote_port; } }
        server { listen 80; server_name spelled; set_real_ip_from 127.0.0.1; real_ip_header x-forwarded-for; real_ip_recursive on;
            location / { return 200 $remote_addr; } }
        server { listen 80; server_name other; set_real_ip_from 10.0.0.1; location / { return 200 $remote_addr; } }
        server { listen 80; server_name nobody; real_ip_header X-Forwarded-For; location / { return 200 $remote_addr; } }
        server { listen 80; server_name header; set_real_ip_from 127.0.0.0/8; real_ip_header CF-IP; location / { return 200 $remote_addr; } }
        server { listen 80; server_name proxied; set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol; location / { return 200 $remote_addr; } }
        server { listen 80; server_name socket; set_real_ip_from unix:; location / { return 200 $remote_addr; } }
    )conf",
               {{"/ +X-Real-IP:1.2.3.4", "200 1.2.3.4: 127.0.0.1:40000 near"},
                {"/ +X-Real-IP:1.2.3.4:55", "200 1.2.3.4:55 127.0.0.1:40000 near"},
                {"/ +X-Real-IP:[2001:db8::1]:55", "200 2001:db8::1:55 127.0.0.1:40000 far"},
                {"/ +X-Real-IP:me", "200 127.0.0.1:40000 127.0.0.1:40000 far"},
                {"/", "200 127.0.0.1:40000 127.0.0.1:40000 far"},
                {"/ +X-Real-IP:1.2.3.4 +X-Real-IP:1.2.3.5", "200 1.2.3.4: 127.0.0.1:40000 near"},
                {"/ +X-Forwarded-For:1.2.3.4", "200 127.0.0.1:40000 127.0.0.1:40000 far"},
                {"/ list +X-Forwarded-For:1.2.3.4,10.0.0.1", "200 10.0.0.1:"},
                {"/ list +X-Forwarded-For:1.2.3.4 +X-Forwarded-For:5.6.7.8", "200 5.6.7.8:"},
                {"/ chain +X-Forwarded-For:9.9.9.9,1.2.3.4:7,10.0.0.1", "200 1.2.3.4:7"},
                {"/ chain +X-Forwarded-For:9.9.9.9,1.2.3.4 +X-Forwarded-For:10.0.0.1,10.0.0.2", "200 1.2.3.4:"},
                {"/ chain +X-Forwarded-For:1.2.3.4,192.0.2.1,10.0.0.2", "200 1.2.3.4:"},
                {"/ chain +X-Forwarded-For:10.0.0.1,10.0.0.2", "200 10.0.0.1:"},
                {"/ chain +X-Forwarded-For:1.2.3.4,me,10.0.0.2", "200 10.0.0.2:"},
                {"/ spelled +X-Forwarded-For:9.9.9.9,1.2.3.4 +X-Forwarded-For:5.6.7.8", "200 1.2.3.4"},
                {"/ other +X-Real-IP:1.2.3.4", "200 127.0.0.1"},
                {"/ nobody +X-Forwarded-For:1.2.3.4", "200 127.0.0.1"},
                {"/ header +cf-ip:1.2.3.4", "200 1.2.3.4"},
                {"/ proxied +proxy_protocol:1.2.3.4", "200 127.0.0.1"},
                {"/ socket +X-Real-IP:1.2.3.4", "200 127.0.0.1"}});
}

TEST_CASE("a location has proxies of its own, but the client is found once") {
    check_server(R"conf(
        set $before $remote_addr;
        location /own { set_real_ip_from 127.0.0.1; deny 1.2.3.4; error_page 403 /told; proxy_pass http://127.0.0.1:1; }
        location /told { return 200 "$before $remote_addr"; }
        location /plain { deny 1.2.3.4; proxy_pass http://127.0.0.1:1; }
    )conf",
                 {{"/own +X-Real-IP:1.2.3.4", "403 1.2.3.4 1.2.3.4"},
                  {"/own +X-Real-IP:1.2.3.5", "200 proxy 127.0.0.1:1 /own"},
                  {"/plain +X-Real-IP:1.2.3.4", "200 proxy 127.0.0.1:1 /plain"}});
}

TEST_CASE("fields whose names are not letters, digits and '-'") {
    check_rows(R"conf(
        server { listen 80; location / { return 200 "[$http_x_a][$http_x]"; } }
        server { listen 80; server_name under; underscores_in_headers on; location / { return 200 "[$http_x_a]"; } }
        server { listen 80; server_name off; ignore_invalid_headers off; location / { return 200 "[$http_x_a]"; } }
        server { listen 80; server_name client; set_real_ip_from 127.0.0.1; real_ip_header X_A; location / { return 200 $remote_addr; } }
    )conf",
               {{"/ +X-A:1", "200 [1][]"},
                {"/ +X_A:1 +X:2", "200 [][2]"},
                {"/ +X.Y:1 +X:2", "200 [][2]"},
                {"/ +X(Y:1 +X:2", "200 [][2]"},
                {"/ +X\x80:1 +X:2", "200 [][2]"},
                {"/ under +X_A:1", "200 [1]"},
                {"/ under +X_A(:1", "200 []"},
                {"/ off +X_A:1 +X.Y:1", "200 [1]"},
                {"/ off +X(Y:1", "400 page"},
                {"/ off +X\xe4:1", "400 page"},
                {"/ client +X_A:1.2.3.4", "200 127.0.0.1"}});
}
