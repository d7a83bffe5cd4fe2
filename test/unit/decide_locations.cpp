// Which location serves a path, through whole confs. The answers are those of nginx 1.22.
#include "support/decide.hpp"

using namespace sluice::test;

TEST_CASE("kinds of locations, in nginx's order") {
    check_server(R"conf(
        location = / { return 200 exact-root; }
        location / { return 200 root; }
        location /docs/ { return 200 docs; }
        location ^~ /images/ { return 200 images; }
        location ~* \.(gif|jpe?g)$ { return 200 pictures-$1; }
        location ~ ^/docs/(?<page>[a-z]+)\.html$ { return 200 page-$page; }
        location = /docs/index.html { return 200 exact-index; }
        location ~ /Case { return 200 case; }
        location @named { return 200 named; }
        location /a%20b { return 200 percent; }
        location "/c d" { return 200 space; }
    )conf",
                 {{"/", "200 exact-root"},
                  {"/?x=1", "200 exact-root"},
                  {"/index", "200 root"},
                  {"/docs", "200 root"},
                  {"/docs/", "200 docs"},
                  {"/docs/one.html", "200 page-one"},
                  {"/docs/One.html", "200 docs"},
                  {"/docs/index.html", "200 exact-index"},
                  {"/docs/x.JPG", "200 pictures-JPG"},
                  {"/images/x.jpg", "200 images"},
                  {"/images", "200 root"},
                  {"/x.jpeg", "200 pictures-jpeg"},
                  {"/Case", "200 case"},
                  {"/case", "200 root"},
                  {"/@named", "200 root"},
                  {"/a%20b", "200 root"},
                  {"/a%2520b", "200 percent"},
                  {"/c%20d/e", "200 space"},
                  {"/%64ocs/", "200 docs"}});
}

TEST_CASE("nested locations") {
    check_server(R"conf(
        location /a/ {
            location /a/b/ { return 200 a-b; }
            location ~ \.x$ { return 200 a-x; }
            location = /a/exact { return 200 a-exact; }
            location ^~ /a/p/ { return 200 a-p; }
            return 200 a;
        }
        location ~ \.x$ { return 200 outer-x; }
        location ~ ^/re/ {
            location ~ /(\d+)$ { return 200 re-$1; }
            return 200 re;
        }
    )conf",
                 {{"/a/", "200 a"},
                  {"/a/b/c", "200 a-b"},
                  {"/a/b/c.x", "200 a-x"},
                  {"/a/c.x", "200 a-x"},
                  {"/a/exact", "200 a-exact"},
                  {"/a/exact/", "200 a"},
                  {"/a/p/c.x", "200 outer-x"},
                  {"/b.x", "200 outer-x"},
                  {"/re/x/12", "200 re-12"},
                  {"/re/x", "200 re"},
                  {"/none", "404 page"}});
}

TEST_CASE("paths are made normal before a location is looked for") {
    check_server(R"conf(
        location / { return 200 "$uri|$args|$request_uri"; }
    )conf",
                 {{"/a//b", "200 /a/b||/a//b"},
                  {"/a/./b", "200 /a/b||/a/./b"},
                  {"/a/../b", "200 /b||/a/../b"},
                  {"/a/b/..", "200 /a/||/a/b/.."},
                  {"/a/b/.", "200 /a/b/||/a/b/."},
                  {"/../a", "400 page"},
                  {"/a/../../b", "400 page"},
                  {"/a%2fb", "200 /a/b||/a%2fb"},
                  {"/a%2Fb", "200 /a/b||/a%2Fb"},
                  {"/%2e%2e/a", "400 page"},
                  {"/a/%2e%2e/b", "200 /b||/a/%2e%2e/b"},
                  {"/a%00b", "400 page"},
                  {"/a%zz", "400 page"},
                  {"/a%2", "400 page"},
                  {"/a%25b", "200 /a%b||/a%25b"},
                  {"/a%3fb?c", "200 /a?b|c|/a%3fb?c"},
                  {"/a%23b", "200 /a#b||/a%23b"},
                  {"/a+b?c+d", "200 /a+b|c+d|/a+b?c+d"},
                  {"/a?b?c", "200 /a|b?c|/a?b?c"},
                  {"/a?", "200 /a||/a?"},
                  {"/a?x=%2f", "200 /a|x=%2f|/a?x=%2f"},
                  {"/%41%42", "200 /AB||/%41%42"},
                  {"/a///", "200 /a/||/a///"},
                  {"//a", "200 /a||//a"},
                  {"/.a/..b/c.", "200 /.a/..b/c.||/.a/..b/c."},
                  {"/a/.../b", "200 /a/.../b||/a/.../b"},
                  {"http://example.test/a//b?c", "200 /a/b|c|/a//b?c"},
                  {"http://example.test", "200 /||/"},
                  {"http://example.test?x", "400 page"},  // not nginx: refused by http/target
                  {"a/b", "400 page"}});
}

TEST_CASE("merge_slashes off keeps them") {
    check_rows(R"conf(
        merge_slashes off;
        server { listen 80; server_name a; location / { return 200 "off $uri"; } location //x/ { return 200 "two $uri"; } }
        server { listen 80; server_name b; merge_slashes on; location / { return 200 "on $uri"; } }
    )conf",
               {{"/p//q/ a", "200 off /p//q/"},
                {"//x/y a", "200 two //x/y"},
                {"/x/y a", "200 off /x/y"},
                {"//x/./y//z a", "200 two //x/y//z"},
                {"//a//../b a", "200 off //a/b"},
                {"/p//q/ b", "200 on /p//q/"},
                {"//a b", "200 on //a"}});
}

TEST_CASE("internal locations are for redirects only") {
    check_server(R"conf(
        location /inside { internal; return 200 "inside $uri"; }
        location /go { rewrite ^ /inside/by-rewrite last; }
        location /err { error_page 404 /inside/by-error; return 404; }
        location /deep/ { internal; location /deep/open { return 200 open; } return 200 deep; }
        location ~ \.hid$ { internal; return 200 hidden; }
        location @n { internal; return 200 "named $uri"; }
        location /n { error_page 403 = @n; return 403; }
        location / { return 200 root; }
    )conf",
                 {{"/inside", "404 page"},
                  {"/inside/x", "404 page"},
                  {"/go", "200 inside /inside/by-rewrite"},
                  {"/err", "404 inside /inside/by-error"},
                  {"/deep/x", "404 page"},
                  {"/deep/open", "404 page"},
                  {"/x.hid", "404 page"},
                  {"/n", "200 named /n"},
                  {"/x", "200 root"}});
}

TEST_CASE("an internal location's refusal can have an error page") {
    check_server(
        R"conf(
        error_page 404 /missing;
        location = /missing { internal; return 200 "missing $uri"; }
        location /inside { internal; return 200 inside; }
    )conf",
        {{"/inside", "404 missing /missing"}, {"/missing", "404 missing /missing"}, {"/none", "404 missing /missing"}});
}

TEST_CASE("limit_except") {
    check_server(R"conf(
        location /get { proxy_pass http://127.0.0.1:9000; limit_except GET { proxy_pass http://127.0.0.1:9001; } }
        location /post { limit_except POST PUT { proxy_pass http://127.0.0.1:9001; } return 200 post; }
        location /rw { rewrite ^ /rewritten break; proxy_pass http://127.0.0.1:9000;
                       limit_except GET { proxy_pass http://127.0.0.1:9001; } }
        location @n { limit_except GET { proxy_pass http://127.0.0.1:9001; } proxy_pass http://127.0.0.1:9000; }
        location /named { error_page 418 = @n; return 418; }
        location /last { rewrite ^ /get last; }
    )conf",
                 {{"/get", "200 proxy 127.0.0.1:9000 /get"},
                  {"POST /get", "200 proxy 127.0.0.1:9001 /get"},
                  {"DELETE /get", "200 proxy 127.0.0.1:9001 /get"},
                  {"POST /post", "200 post"},
                  {"PUT /post", "200 post"},
                  {"GET /post", "200 proxy 127.0.0.1:9001 /post"},
                  {"/rw", "200 proxy 127.0.0.1:9000 /rewritten"},
                  {"POST /rw", "200 proxy 127.0.0.1:9001 /rw"},
                  {"/named", "200 proxy 127.0.0.1:9000 /named"},
                  {"POST /named", "200 proxy 127.0.0.1:9001 /named"},
                  {"POST /last", "200 proxy 127.0.0.1:9001 /get"}});
}

TEST_CASE("a location that ends in a slash and proxies answers its path without the slash") {
    check_rows(R"conf(
        server {
            listen 80; listen 8080; server_name main.test;
            location /p/ { proxy_pass http://127.0.0.1:9000/; }
            location /q/ { proxy_pass http://127.0.0.1:9000; }
            location "/with space/" { proxy_pass http://127.0.0.1:9000; }
            location /noslash { proxy_pass http://127.0.0.1:9000; }
            location /both/ { proxy_pass http://127.0.0.1:9000; }
            location = /both { return 200 both; }
            location /plain/ { return 200 plain; }
            location /var/ { set $u http://127.0.0.1:9000; proxy_pass $u; }
            location /in/ { internal; proxy_pass http://127.0.0.1:9000; }
            location ^~ /pref/ { proxy_pass http://127.0.0.1:9000; }
            location = /eq/ { proxy_pass http://127.0.0.1:9000; }
            location /if/ { if ($args) { proxy_pass http://127.0.0.1:9000; } return 200 no-args; }
        }
    )conf",
               {{"/p", "301 http://example.test/p/"},
                {"/p?a=b&c", "301 http://example.test/p/?a=b&c"},
                {"/p/", "200 proxy 127.0.0.1:9000 /"},
                {"/q", "301 http://example.test/q/"},
                {"/q @8080", "301 http://example.test:8080/q/"},
                {"/q name:81 @8080", "301 http://name:8080/q/"},
                {"/q - @8080", "301 http://127.0.0.1:8080/q/"},
                {"/with%20space", "301 http://example.test/with%20space/"},
                {"/noslash", "200 proxy 127.0.0.1:9000 /noslash"},
                {"/both", "200 both"},
                {"/plain", "404 page"},
                {"/var", "301 http://example.test/var/"},
                {"/in", "404 page"},
                {"/pref", "301 http://example.test/pref/"},
                {"/eq", "301 http://example.test/eq/"},
                {"/if", "404 page"},
                {"/p//", "200 proxy 127.0.0.1:9000 /"},
                {"/x/../p", "301 http://example.test/p/"},
                {"/%70?x=%20", "301 http://example.test/p/?x=%20"}});
}

TEST_CASE("absolute_redirect, port_in_redirect, server_name_in_redirect") {
    check_rows(R"conf(
        server { listen 80; listen 8080; server_name name.test other.test;
            location /plain { return 301 /x; }
            location /abs { absolute_redirect off; return 301 /x; }
            location /noport { port_in_redirect off; return 302 /x?y; }
            location /name { server_name_in_redirect on; return 301 /x; }
            location /name-noport { server_name_in_redirect on; port_in_redirect off; return 301 /x; }
            location /full { return 301 https://$host$request_uri; }
            location /relative { return 301 x/y; }
            location /rw { rewrite ^/rw(.*) /to$1 redirect; }
            location /rwabs { absolute_redirect off; rewrite ^ /to permanent; }
        }
        server { listen 80; server_name .dot.test; server_name_in_redirect on; return 303 /y; }
        server { listen 80; server_name *.star.test; server_name_in_redirect on; return 307 /y; }
    )conf",
               {{"/plain other.test", "301 http://other.test/x"},
                {"/plain OTHER.test:99", "301 http://other.test/x"},
                {"/plain other.test:99 @8080", "301 http://other.test:8080/x"},
                {"/plain - @8080", "301 http://127.0.0.1:8080/x"},
                {"/plain -", "301 http://127.0.0.1/x"},
                {"/abs other.test @8080", "301 /x"},
                {"/noport other.test @8080", "302 http://other.test/x?y"},
                {"/name other.test @8080", "301 http://name.test:8080/x"},
                {"/name-noport other.test @8080", "301 http://name.test/x"},
                {"/full?a=b other.test", "301 https://other.test/full?a=b"},
                {"/relative other.test", "301 x/y"},
                {"/rw/a?b=c other.test @8080", "302 http://other.test:8080/to/a?b=c"},
                {"/rwabs other.test", "301 /to"},
                {"/ x.dot.test", "303 http://dot.test/y"},
                {"/ x.star.test", "307 http://*.star.test/y"},
                {"/plain [::1]:80", "301 http://[::1]/x"}});
}

TEST_CASE("a body that is announced as too large is refused") {
    check_server(R"conf(
        client_max_body_size 10;
        error_page 413 /too-large;
        location / { return 200 ok; }
        location /any { client_max_body_size 0; return 200 ok; }
        location /page { error_page 413 @p; return 200 ok; }
        location /too-large { client_max_body_size 1k; return 200 "too large $uri"; }
        location @p { return 200 named; }
    )conf",
                 {{"POST / +Content-Length:10", "200 ok"},
                  {"POST / +Content-Length:11", "413 too large /too-large"},
                  {"POST /any +Content-Length:11", "200 ok"},
                  {"POST /page +Content-Length:11", "413 named"}});
}
