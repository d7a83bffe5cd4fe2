// Each lint: confs that it is about, with "@@" before each word that it must point at, and near misses with none.
#include "advice/lints.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "config/checker.hpp"
#include "config/parser.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::advice;

namespace {

struct Case {
    std::string_view code;
    std::string_view http;  // what stands in the http block
};

const Case cases[] = {
    // proxy-pass-slash
    {"SL001", "server { location /api { proxy_pass @@http://127.0.0.1/; } }"},
    {"SL001", "server { location /api/ { proxy_pass @@http://127.0.0.1/v1; } }"},
    {"SL001", "server { location ^~ /api { proxy_pass @@http://127.0.0.1/v1/; } }"},
    {"SL001", "server { location / { location /in { proxy_pass @@http://127.0.0.1/; } } }"},
    {"SL001", "server { location /api { proxy_pass @@http://unix:/run/a:/; } }"},
    {"SL001", "server { location /api/ { proxy_pass http://127.0.0.1/; } }"},
    {"SL001", "server { location /api { proxy_pass http://127.0.0.1; } }"},
    {"SL001", "server { location /api { proxy_pass http://127.0.0.1/v1; } }"},
    {"SL001", "server { location = /api { proxy_pass http://127.0.0.1/; } }"},
    {"SL001", "server { location / { proxy_pass http://127.0.0.1/; } }"},
    {"SL001", "server { location /get/ { proxy_pass http://127.0.0.1/find?id=; } }"},
    {"SL001", "server { location /api { proxy_pass http://unix:/run/a; } }"},
    {"SL001", "server { location /api { rewrite ^/api/(.*) /$1 break; proxy_pass http://127.0.0.1/; } }"},
    {"SL001", "server { location /api { rewrite ^/api/(.*) /$1 last; proxy_pass @@http://127.0.0.1/; } }"},
    // proxy-pass-fixed-path
    {"SL002", "server { location /api/ { proxy_pass @@http://$a/; } }"},
    {"SL002", "server { location ~ ^/x { proxy_pass @@http://$a:80/v1; } }"},
    {"SL002", "server { location /api/ { proxy_pass http://$a; } }"},
    {"SL002", "server { location /api/ { proxy_pass http://$a$request_uri; } }"},
    {"SL002", "server { location /api/ { proxy_pass http://$a/v1$uri; } }"},
    {"SL002", "server { location = /api { proxy_pass http://$a/v1; } }"},
    {"SL002", "server { location /check { internal; proxy_pass http://$a/verify; } }"},
    {"SL002", "server { location /api/ { proxy_pass http://127.0.0.1/; } }"},
    // proxy-pass-no-resolver
    {"SL003", "server { location / { proxy_pass @@http://$arg_host; } }"},
    {"SL003", "server { location / { proxy_pass @@http://backend.local/$uri; } }"},
    {"SL003",
     "map $arg_x $a { default u; b other.local; } upstream u { server 127.0.0.1; } "
     "server { location / { proxy_pass @@http://$a; } }"},
    {"SL003", "server { location / { set $a http://x.local; proxy_pass @@$a; } }"},
    {"SL003", "server { location / { if ($arg_x) { proxy_pass @@http://$arg_x; } } }"},
    {"SL003", "resolver 127.0.0.1; server { location / { proxy_pass http://$arg_host; } }"},
    {"SL003", "server { location / { resolver 127.0.0.1; proxy_pass http://$arg_host; } }"},
    {"SL003", "server { location / { proxy_pass http://backend.local; } }"},
    {"SL003",
     "map $arg_x $a { default u; b 127.0.0.1:81; } upstream u { server 127.0.0.1; } "
     "server { location / { proxy_pass http://$a; } }"},
    {"SL003", "upstream u { server 127.0.0.1; } server { location / { proxy_pass http://u/$uri; } }"},
    {"SL003", "upstream u { server 127.0.0.1; } server { location / { set $a http://u; proxy_pass $a; } }"},
    {"SL003", "server { location / { proxy_pass http://127.0.0.1$request_uri; } }"},
    // proxy-set-header-dropped
    {"SL004", "server { proxy_set_header Host $host; location / { @@proxy_set_header X a; proxy_pass http://a; } }"},
    {"SL004", "proxy_set_header Host a; server { @@proxy_set_header X a; location / { proxy_pass http://a; } }"},
    {"SL004",
     "proxy_set_header Host a; server { location / { @@proxy_set_header X a; "
     "location /b/ { proxy_pass http://a; } } }"},
    {"SL004", "server { proxy_set_header Host $host; location / { proxy_pass http://a; } }"},
    {"SL004", "server { proxy_set_header Host a; location / { proxy_set_header host b; proxy_pass http://a; } }"},
    {"SL004", "server { proxy_set_header Host a; location / { proxy_set_header X b; return 200; } }"},
    {"SL004", "server { location / { proxy_set_header X a; proxy_pass http://a; } }"},
    // upgrade-without-connection
    {"SL005", "server { location / { @@proxy_set_header Upgrade $http_upgrade; proxy_pass http://a; } }"},
    {"SL005", "server { location / { proxy_set_header Upgrade $http_upgrade; proxy_set_header connection upgrade; } }"},
    {"SL005", "server { location / { proxy_set_header Upgrade ''; } }"},
    // add-header-dropped
    {"SL006", "server { add_header A 1; location / { @@add_header B 2; } }"},
    {"SL006", "add_header A 1; server { location / { location /b { @@add_header B 2; } } }"},
    {"SL006", "server { location / { add_header A 1; if ($arg_b) { @@add_header B 2; } } }"},
    {"SL006", "server { add_header A 1; location / { add_header a 2; add_header B 2; } }"},
    {"SL006", "server { add_header A 1; location / { expires 1d; } }"},
    {"SL006", "server { location /a { add_header A 1; } location /b { add_header B 2; } }"},
    {"SL006", "add_header_inherit merge; add_header A 1; server { location / { add_header B 2; } }"},
    // alias-traversal
    {"SL007", "server { location @@/files { alias /srv/files/; } }"},
    {"SL007", "server { location ^~ @@/files { alias /srv/files/; } }"},
    {"SL007", "server { location /files/ { alias /srv/files/; } }"},
    {"SL007", "server { location /files { alias /srv/files; } }"},
    {"SL007", "server { location = /files { alias /srv/files/; } }"},
    {"SL007", "server { location ~ ^/files(.*)$ { alias /srv/files/; } }"},
    {"SL007", "server { location /files { root /srv/files/; } }"},
    // alias-slash
    {"SL008", "server { location /files/ { alias @@/srv/files; } }"},
    {"SL008", "server { location /files/ { alias /srv/files/; } }"},
    {"SL008", "server { location /files { alias /srv/files; } }"},
    {"SL008", "server { location /files/ { alias /srv/$host; } }"},
    {"SL008", "server { location = /a/ { alias /srv/a.html; } }"},
    // root-in-one-location
    {"SL009", "server { location / { root /srv; } @@location ~ \\.png$ { expires 30d; } }"},
    {"SL009", "server { location / { root /srv; } @@location /a/ { try_files $uri =404; } }"},
    {"SL009", "server { root /srv; location / { root /a; } location ~ \\.png$ { expires 30d; } }"},
    {"SL009", "root /srv; server { location / { root /a; } location ~ \\.png$ { expires 30d; } }"},
    {"SL009", "server { location / { root /srv; } location /api/ { proxy_pass http://127.0.0.1; } }"},
    {"SL009", "server { location / { root /srv; } location ~ /\\. { deny all; } }"},
    {"SL009", "server { location / { root /srv; } location @a { try_files $uri =404; } }"},
    // if-in-location
    {"SL010", "server { location / { try_files $uri /i; @@if ($arg_a) { add_header A 1; } } }"},
    {"SL010", "server { location / { try_files $uri /i; @@if ($arg_a) { } } }"},
    {"SL010", "server { location / { if ($arg_a) { add_header A 1; } @@if ($arg_b) { add_header A 2; } } }"},
    {"SL010", "server { location / { try_files $uri /i; if ($arg_a) { return 403; } } }"},
    {"SL010", "server { location / { try_files $uri /i; if ($arg_a) { rewrite ^ /b last; } } }"},
    {"SL010", "server { location / { if ($arg_a) { set $a 1; } if ($arg_b) { set $a 2; } } }"},
    {"SL010", "server { location / { if ($arg_a) { add_header A 1; } if ($arg_b) { return 403; } } }"},
    {"SL010", "server { if ($arg_a) { set $a 1; } location / { try_files $uri $a; } }"},
    // regex-shadows-prefix
    {"SL011", "server { location /api/ { proxy_pass http://a; } @@location ~ \\.css$ { root /srv; } }"},
    {"SL011", "server { location /admin/ { auth_basic a; } @@location ~* \\.php$ { index i; } }"},
    {"SL011", "server { location /api/ { proxy_pass http://a; } @@location ~ ^/.*\\.css$ { root /srv; } }"},
    {"SL011", "server { location ^~ /api/ { proxy_pass http://a; } location ~ \\.css$ { root /srv; } }"},
    {"SL011", "server { location / { proxy_pass http://a; } location ~ \\.css$ { root /srv; } }"},
    {"SL011", "server { location = /api { proxy_pass http://a; } location ~ \\.css$ { root /srv; } }"},
    {"SL011", "server { location /api/ { proxy_pass http://a; } location ~ /\\. { deny all; } }"},
    {"SL011", "server { location /api/ { proxy_pass http://a; } location ~ \\.git { return 404; } }"},
    {"SL011", "server { location /api/ { proxy_pass http://a; } location ~ ^/api/v\\d+/ { proxy_pass http://b; } }"},
    {"SL011", "server { location /api/ { proxy_pass http://a; } location ~ \\.css$ { proxy_pass http://a; } }"},
    {"SL011", "server { root /srv; location /a/ { expires 1d; } location ~ \\.css$ { expires 2d; } }"},
    // location-never-matches
    {"SL012", "server { location @@/search?q= { return 200; } }"},
    {"SL012", "server { location @@/api/* { return 200; } }"},
    {"SL012", "server { location @@/my%20files/ { return 200; } }"},
    {"SL012", "server { location @@api/ { return 200; } }"},
    {"SL012", "server { location = @@api { return 200; } }"},
    {"SL012", "server { location @@^/api/ { return 200; } }"},
    {"SL012", "server { location @@\\.php$ { return 200; } }"},
    {"SL012", "server { location @@/(a|b)/ { return 200; } }"},
    {"SL012", "server { location @@/a//b { return 200; } }"},
    {"SL012", "server { location @@/a/../b { return 200; } }"},
    {"SL012", "server { location ~ @@^api/ { return 200; } }"},
    {"SL012", "server { location ~ @@^/a\\?b=1 { return 200; } }"},
    {"SL012", "server { return 301 /x; @@location / { root /srv; } @@location /x { return 200; } }"},
    {"SL012", "server { location ~ .* { return 200; } @@location ~ \\.a$ { return 201; } }"},
    {"SL012", "server { location ~* \\.a$ { return 200; } @@location ~ \\.a$ { return 201; } }"},
    {"SL012", "server { return 503; error_page 503 @m; location @m { return 503 a; } }"},
    {"SL012", "server { if ($arg_a) { return 503; } location / { return 200; } }"},
    {"SL012", "server { merge_slashes off; location /a//b { return 200; } }"},
    {"SL012", "server { location ~ \\.a$ { return 200; } location ~* \\.a$ { return 201; } }"},
    {"SL012", "server { location ~ \\.a$ { return 200; } location ~ .* { return 201; } }"},
    {"SL012", "server { location /50% { return 200; } location /.well-known/ { return 200; } }"},
    {"SL012", "server { location ~ ^/(a|b)/.*$ { return 200; } location = / { return 200; } }"},
    // duplicate-server-name
    {"SL013", "server { server_name a; } server { server_name @@A; }"},
    {"SL013", "server { listen 80; server_name a b; } server { listen *:80; server_name c @@b; }"},
    {"SL013", "server { server_name .a; } server { server_name @@*.a; }"},
    {"SL013", "server { server_name a @@a; }"},
    {"SL013", "server { listen 81; } @@server { listen 81; }"},
    {"SL013", "server { listen 8000-8010; server_name a; } server { listen 8005; server_name @@a; }"},
    {"SL013", "server { listen 80; server_name a; } server { listen 81; server_name a; }"},
    {"SL013", "server { listen 80; server_name a; } server { listen 127.0.0.1:80; server_name a; }"},
    {"SL013", "server { server_name a; } server { server_name *.a; }"},
    {"SL013", "server { listen 80; } server { listen 80 default_server; }"},
    {"SL013", "server { listen 80; listen [::]:80; server_name a; }"},
    // key-log
    {"SL028", "server { listen 443 ssl; @@ssl_key_log /keys; }"},
    {"SL028", "server { location / { proxy_pass https://a; @@proxy_ssl_key_log keys; } }"},
    {"SL028", "server { listen 443 ssl; access_log /keys; }"},
    // certificate-chosen-by-client
    {"SL029", "server { ssl_certificate @@/c/$http_host.crt; ssl_certificate_key @@/c/$arg_a; }"},
    {"SL029", "server { location / { proxy_ssl_certificate @@/c/$cookie_a.crt; proxy_ssl_certificate_key @@/c/$host.key; } }"},
    {"SL029", "server { ssl_certificate @@/c/$host.crt; ssl_certificate_key /c/$ssl_server_name.key; }"},
    {"SL029", "server { location ~ ^/c/(.+)$ { proxy_ssl_certificate @@/c/$1.crt; proxy_ssl_certificate_key @@/c/$ssl_server_name.key; } }"},
    {"SL029", "server { ssl_certificate /c/$ssl_server_name.crt; ssl_certificate_key /c/$ssl_server_name.key; }"},
    {"SL029", "server { location / { proxy_ssl_certificate /c/$tenant.crt; proxy_ssl_certificate_key /c/$server_name.key; } }"},
    // certificate-read-each-time
    {"SL030", "server { ssl_certificate @@/c/$ssl_server_name.crt; ssl_certificate_key /c/$ssl_server_name.key; }"},
    {"SL030", "ssl_certificate_cache max=10; server { ssl_certificate_cache off; ssl_certificate @@/c/$a.crt; ssl_certificate_key /c/$a.key; }"},
    {"SL030", "server { proxy_ssl_certificate_cache max=10; location / { proxy_ssl_certificate_cache off; proxy_ssl_certificate @@/c/$a.crt; } }"},
    {"SL030", "ssl_certificate_cache max=10; server { ssl_certificate /c/$ssl_server_name.crt; ssl_certificate_key /c/$ssl_server_name.key; }"},
    {"SL030", "server { ssl_certificate /c/a.crt; ssl_certificate_key /c/$a.key; } server { ssl_certificate data:$a; ssl_certificate_key data:$b; }"},
    // server-name-never-asked-for
    {"SL014", "server { server_name @@example.com/shop; }"},
    {"SL014", "server { server_name a @@(www|api)\\.example\\.com; }"},
    {"SL014", "server { server_name @@default_server; }"},
    {"SL014", "server { server_name @@example.com.; }"},
    {"SL014", "server { server_name example.com *.example.com www.* .example.org _ ''; }"},
    {"SL014", "server { server_name ~^(www|api)\\.example\\.com$; }"},
    {"SL014", "server { listen 80 default_server; }"},
    // unused-upstream
    {"SL015", "upstream @@u { server 127.0.0.1; } server { location / { proxy_pass http://v; } }"},
    {"SL015",
     "upstream u { server 127.0.0.1; } upstream @@v { server 127.0.0.1; } map $arg_a $b { default u; } "
     "server { location / { proxy_pass http://$b; } }"},
    {"SL015", "upstream u { server 127.0.0.1; } server { location / { proxy_pass http://u/; } }"},
    {"SL015", "upstream u { server 127.0.0.1; } server { location / { proxy_pass http://$arg_b; } }"},
    {"SL015",
     "upstream u { server 127.0.0.1; } upstream v { server 127.0.0.1; } "
     "split_clients $remote_addr $b { 5% u; * v; } server { location / { proxy_pass http://$b; } }"},
    {"SL015", "upstream u { server 127.0.0.1; } server { location / { set $a http://u; proxy_pass $a; } }"},
    {"SL015", "upstream u { server 127.0.0.1; } server { location / { limit_except GET { proxy_pass http://u; } } }"},
    {"SL015", "upstream u { server 127.0.0.1; } server { location / { grpc_pass grpc://u; } }"},
    // unused-variable
    {"SL016", "geo @@$a { default 0; }"},
    {"SL016", "map $arg_b @@$a { default 0; }"},
    {"SL016", "split_clients $remote_addr @@$a { * b; }"},
    {"SL016", "server { set @@$a 1; }"},
    {"SL016", "map $arg_b $a { default 0; } server { location / { return 200 \"${a}b\"; } }"},
    {"SL016", "map $arg_b $a { default 0; } map $a $c { x y; } server { if ($c) { return 404; } }"},
    {"SL016", "map $arg_b $a { default 0; } map $arg_c $c { default $a; } log_format l $c;"},
    {"SL016", "server { set $args a=1; }"},
    {"SL016", "server { ssi on; set $a 1; }"},
    {"SL016", "geo $a { default 0; } server { access_log l combined if=$a; }"},
    // peers-not-verified
    {"SL017", "server { location / { proxy_pass @@https://api.internal; } }"},
    {"SL017",
     "upstream u { server 10.0.0.1:443; } server { location / { proxy_pass @@https://u; } "
     "location /b/ { proxy_pass https://u/; } }"},
    {"SL017", "proxy_ssl_verify off; server { location / { proxy_pass @@HTTPS://10.0.0.1; } }"},
    {"SL017", "proxy_ssl_verify on; server { location / { proxy_pass https://api.internal; } }"},
    {"SL017", "server { location / { proxy_ssl_verify on; proxy_pass https://api.internal; } }"},
    {"SL017", "server { location / { proxy_pass http://api.internal; } }"},
    {"SL017", "server { location / { proxy_pass https://127.0.0.1:8443; } }"},
    {"SL017", "upstream u { server localhost:443; server [::1]:443; } server { location / { proxy_pass https://u; } }"},
    // lone-peer-max-fails
    {"SL018", "upstream u { server 10.0.0.1 @@max_fails=3 fail_timeout=9s; }"},
    {"SL018", "upstream u { server 10.0.0.1 @@fail_timeout=9s; }"},
    {"SL018", "upstream u { server unix:/run/a @@max_fails=3; }"},
    {"SL018", "upstream u { server 10.0.0.1 max_fails=3; server 10.0.0.2; }"},
    {"SL018", "upstream u { server 10.0.0.1 max_fails=3; server 10.0.0.2 backup; }"},
    {"SL018", "upstream u { server app:80 max_fails=3; }"},
    {"SL018", "upstream u { server 10.0.0.1 max_fails=0; }"},
    // redirect-to-client-host
    {"SL019", "server { server_name a; return 301 @@https://$http_host$request_uri; }"},
    {"SL019", "server { return 301 @@https://$host$request_uri; }"},
    {"SL019", "server { server_name _; location / { return @@https://$host; } }"},
    {"SL019", "server { server_name a; rewrite ^ @@https://$http_host$uri permanent; }"},
    {"SL019", "server { location / { error_page 404 @@http://${host}/a; } }"},
    {"SL019", "server { server_name a; return 301 https://$host$request_uri; }"},
    {"SL019", "server { return 301 https://example.com$request_uri; }"},
    {"SL019", "server { server_name a; return 301 https://$server_name$request_uri; }"},
    {"SL019", "server { return 200 $http_host; }"},
    {"SL019", "server { location / { proxy_pass http://127.0.0.1; proxy_set_header Host $http_host; } }"},
    // allow-without-deny
    {"SL020", "server { location / { @@allow 10.0.0.0/8; allow 127.0.0.1; } }"},
    {"SL020", "server { location / { allow 10.0.0.0/8; deny all; } }"},
    {"SL020", "server { location / { allow all; } deny 10.0.0.1; }"},
    {"SL020", "server { deny 10.0.0.1; }"},
    // real-ip-from-everyone
    {"SL021", "set_real_ip_from @@0.0.0.0/0; real_ip_header X-Real-IP;"},
    {"SL021", "server { set_real_ip_from 10.0.0.0/8; set_real_ip_from @@::/0; }"},
    {"SL021", "set_real_ip_from 10.0.0.0/8; set_real_ip_from 2001:db8::/32; set_real_ip_from unix:;"},
    // secrets-readable-by-all: file modes are below
    {"SL022", "server { ssl_certificate_key @@open.key; }"},
    {"SL022", "server { auth_basic_user_file @@/etc/open.htpasswd; }"},
    {"SL022", "server { location / { proxy_set_header Authorization @@'Basic c2VjcmV0'; } }"},
    {"SL022", "server { location / { proxy_set_header X-Api-Key @@abc; } }"},
    {"SL022", "server { ssl_certificate_key closed.key; ssl_certificate open.key; }"},
    {"SL022", "server { ssl_certificate_key missing.key; ssl_certificate_key /keys/$host.key; }"},
    {"SL022", "server { location / { proxy_set_header Authorization $http_authorization; } }"},
    {"SL022", "server { location / { proxy_set_header Authorization ''; proxy_set_header X-Keys-Left 3; } }"},
    // rule-never-asked
    {"SL023", "server { allow all; @@deny 192.0.2.66; }"},
    {"SL023", "server { location / { deny all; @@allow 10.0.0.0/8; @@allow unix:; @@deny all; } }"},
    {"SL023", "server { allow 10.0.0.0/8; @@deny 10.1.0.0/16; @@deny 10.0.0.1; deny all; }"},
    {"SL023", "server { deny 2001:db8::/32; @@allow 2001:db8::1; }"},
    {"SL023", "server { location / { limit_except GET { deny all; @@allow 10.0.0.1; } } }"},
    {"SL023", "server { deny 10.0.0.1; allow 10.0.0.0/8; deny 11.0.0.0/8; allow unix:; allow ::1; deny all; }"},
    {"SL023", "allow 10.0.0.0/8; deny all; server { allow 10.0.0.1; deny all; }"},
    // proxy-protocol-mixed
    {"SL024", "server { listen 80 proxy_protocol; } server { @@listen 80; server_name b; }"},
    {"SL024", "server { @@listen *:80; server_name b; } server { listen 0.0.0.0:80 proxy_protocol; }"},
    {"SL024", "server { listen 8000-8002 proxy_protocol; } server { @@listen 8001; }"},
    {"SL024", "server { listen 80 proxy_protocol; listen 81; } server { listen 80 proxy_protocol; listen 127.0.0.1:80; }"},
    // real-ip-header-spelling
    {"SL025", "real_ip_header @@x-forwarded-for;"},
    {"SL025", "server { listen 80 proxy_protocol; real_ip_header @@Proxy_Protocol; }"},
    {"SL025", "real_ip_header X-Forwarded-For; server { real_ip_header x-real-ip; }"},
    // real-ip-without-proxy-protocol
    {"SL026", "server { location / { real_ip_header @@proxy_protocol; } }"},
    {"SL026", "real_ip_header proxy_protocol; server { listen 80 proxy_protocol; }"},
    // colon-in-field-name
    {"SL027", "server { location / { proxy_pass http://127.0.0.1; proxy_set_header @@Host: $host; } }"},
    {"SL027", "server { add_header @@X-A:b always; location / { return 200; } }"},
    {"SL027", "server { add_header @@X-A: b; location / { return 200; } }"},
    {"SL027", "server { add_header X-A b:c; location / { return 200; } }"},
    {"SL027", "server { location / { proxy_pass http://127.0.0.1; proxy_set_header Host a:80; } }"},
};

/// The text without marks, and "line:column" of each.
struct Marked {
    std::string text;
    std::set<std::string> places;
};

Marked read_marks(std::string_view http) {
    Marked out;
    const std::string whole = "events {}\nhttp {\n" + std::string(http) + "\n}\n";
    std::string_view rest = whole;
    std::size_t line = 1;
    std::size_t line_start = 0;
    for (; !rest.empty(); rest.remove_prefix(1)) {
        if (rest.starts_with("@@")) {
            out.places.insert(std::to_string(line) + ":" + std::to_string(out.text.size() - line_start + 1));
            rest.remove_prefix(2);
        }
        out.text += rest[0];
        if (rest[0] != '\n') continue;
        ++line;
        line_start = out.text.size();
    }
    return out;
}

config::Diagnostics lint(const config::Conf& conf, const FileModes& modes, bool whole = true) {
    config::Diagnostics out;
    run_lints(View(conf, "/conf/", modes), whole, out);
    out.arrange(conf.sources);
    return out;
}

const MemoryModes modes(
    {{"/conf/a.conf", 0644}, {"/conf/open.key", 0644}, {"/conf/closed.key", 0640}, {"/etc/open.htpasswd", 0644}});

std::set<std::string> places_of(std::string_view code, const config::Diagnostics& found,
                                const config::Sources& sources) {
    std::set<std::string> out;
    for (const config::Diagnostic& d : found.all()) {
        if (d.code != code) continue;
        const config::Position at = sources.position(d.span);
        out.insert(std::to_string(at.line) + ":" + std::to_string(at.column));
    }
    return out;
}

config::Conf parse(const std::string& text) {
    return config::parse(config::MemoryFiles({{"/conf/a.conf", text}}), "/conf/a.conf");
}

}  // namespace

TEST_CASE("each lint points at what it is about, and at nothing else") {
    for (const Case& row : cases) {
        const Marked marked = read_marks(row.http);
        const config::Conf conf = parse(marked.text);
        REQUIRE(conf.ok());
        const config::Diagnostics found = lint(conf, modes);
        INFO(row.code << ": " << row.http << "\n" << config::render(found, conf.sources));
        CHECK(places_of(row.code, found, conf.sources) == marked.places);
    }
}

TEST_CASE("each lint has a conf that it is about and one that it is not about") {
    for (const Lint& lint : lints()) {
        INFO(lint.code);
        const auto has = [&](bool loud) {
            return std::ranges::any_of(cases, [&](const Case& row) {
                return row.code == lint.code && (row.http.find("@@") != std::string_view::npos) == loud;
            });
        };
        CHECK(has(true));
        CHECK(has(false));
    }
}

TEST_CASE("each lint says what to do, in one line") {
    for (const Case& row : cases) {
        const config::Conf conf = parse(read_marks(row.http).text);
        const config::Diagnostics found = lint(conf, modes);
        for (const config::Diagnostic& d : found.all()) {
            INFO(d.message);
            CHECK(!d.help.empty());
            CHECK(d.severity == config::Severity::warning);
            CHECK((d.message + d.help).find('\n') == std::string::npos);
        }
    }
}

TEST_CASE("lints are numbered without gaps, named once, and explained with examples") {
    std::set<std::string_view> names;
    unsigned number = 0;
    for (const Lint& lint : lints()) {
        ++number;
        INFO(lint.code);
        CHECK(lint.code == (number < 10 ? "SL00" : "SL0") + std::to_string(number));
        CHECK(names.insert(lint.name).second);
        CHECK(!lint.summary.ends_with('.'));
        CHECK(lint.summary.find('\n') == std::string_view::npos);
        CHECK(lint.explanation.find("Wrong") != std::string_view::npos);
        CHECK(lint.explanation.find("Right") != std::string_view::npos);
        CHECK(lint.explanation.ends_with('\n'));
        CHECK(find_lint(lint.code) == &lint);
        CHECK(find_lint(lint.name) == &lint);
    }
    CHECK(find_lint("sl001") == &lints()[0]);
    CHECK(find_lint("SL000") == nullptr);
    CHECK(find_lint("") == nullptr);
}

TEST_CASE("a conf with errors is not blamed for what is missing in it") {
    const config::Conf conf =
        parse("http { upstream u { server 127.0.0.1; } geo $a { default 0; } server { proxy_pas http://u; } }");
    CHECK(lint(conf, modes, true).warnings() == 2);
    CHECK(lint(conf, modes, false).warnings() == 0);
}

TEST_CASE("a file that all may change is named once, wherever it is included") {
    const config::MemoryFiles files(
        {{"/conf/a.conf", "http { include b; include b; }"}, {"/conf/b", "map $host $a { x y; } log_format f $a;"}});
    const config::Conf conf = config::parse(files, "/conf/a.conf");
    const config::Diagnostics found = lint(conf, MemoryModes({{"/conf/a.conf", 0600}, {"/conf/b", 0666}}));
    REQUIRE(found.warnings() == 1);
    CHECK(found.all()[0].message == "every user of this machine may change \"/conf/b\"");
}

TEST_CASE("a dropped field is noted at its place") {
    const config::Conf conf = parse("http {\n add_header A 1;\n add_header B 1;\n server {\n  add_header C 1;\n } }");
    const config::Diagnostics found = lint(conf, modes);
    REQUIRE(found.warnings() == 1);
    const config::Diagnostic& d = found.all()[0];
    CHECK(d.message == "because of this add_header those of the level around do not hold here: A and B");
    REQUIRE(d.notes.size() == 2);
    CHECK(conf.sources.position(d.notes[1].span).line == 3);
}

TEST_CASE("the example of a shadowed path is one that the regular expression takes") {
    const config::Conf conf =
        parse("http { server { location /api { proxy_pass http://a; } location ~ \\.(css|js)$ { root /s; } } }");
    const config::Diagnostics found = lint(conf, modes);
    REQUIRE(found.warnings() == 1);
    CHECK(found.all()[0].message.find("such as /api/x.css:") != std::string::npos);
}

TEST_CASE("a regular expression that takes from many prefixes is one finding with few notes") {
    std::string text = "http { server { location ~ x { root /s; }";
    for (int i = 0; i < 9; ++i) text += " location /p" + std::to_string(i) + " { proxy_pass http://a; }";
    const config::Conf conf = parse(text + " } }");
    const config::Diagnostics found = lint(conf, modes);
    REQUIRE(found.warnings() == 1);
    REQUIRE(found.all()[0].notes.size() == 4);
    CHECK(found.all()[0].notes.back().message == "and so do 6 more");
}

TEST_CASE("lints take odd trees as they come") {
    for (const std::string text :
         {"", "http", "http;", "http {", "server { location { proxy_pass; } }", "http { server { location = { } } }",
          "http { upstream { server; } map { } geo $; server { listen; server_name; return; rewrite a; if { } } }",
          "http { server { location ~ { } location ~ ( { } location ~ [ { } location /a { } location ~ \\ { } } }",
          "http { set $a $a; server { set $a $b; set $b $a$a; location / { proxy_pass http://$a; } } }",
          "http { server { location / { proxy_pass http://$; proxy_pass ${; proxy_pass $a/; add_header; alias; } } }",
          "proxy_pass http://$a; return 301 https://$http_host; { { { } } }"}) {
        config::Conf conf = parse(text);
        config::check(conf);
        INFO(text);
        CHECK(lint(conf, modes).errors() == 0);
    }
}
