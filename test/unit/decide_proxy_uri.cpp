// What a peer is asked for: the URI of proxy_pass and its rules. The answers are those of nginx 1.22.
#include "support/decide.hpp"

using namespace sluice::test;

TEST_CASE("prefixes: with a URI the location's text is replaced, without one nothing is touched") {
    check_server(R"conf(
        location /plain/ { proxy_pass http://127.0.0.1:9000; }
        location /root/ { proxy_pass http://127.0.0.1:9000/; }
        location /base/ { proxy_pass http://127.0.0.1:9000/x/; }
        location /glued/ { proxy_pass http://127.0.0.1:9000/x; }
        location /noslash { proxy_pass http://127.0.0.1:9000/x/; }
        location /bare { proxy_pass http://127.0.0.1:9000/; }
        location ^~ /pref/ { proxy_pass http://127.0.0.1:9000/p/; }
        location = /exact { proxy_pass http://127.0.0.1:9000/e; }
        location = /exactslash/ { proxy_pass http://127.0.0.1:9000/; }
        location /query/ { proxy_pass http://127.0.0.1:9000/q?a=1; }
        location /onlyquery/ { proxy_pass http://127.0.0.1:9000?a=1; }
        location "/sp ace/" { proxy_pass http://127.0.0.1:9000/s/; }
        location /esc/ { proxy_pass http://127.0.0.1:9000/%41%20/; }
        location /group/ { proxy_pass http://backend.test:9000/; }
        location /upper/ { proxy_pass HTTP://127.0.0.1:9000/up/; }
    )conf",
                 {{"/plain/a", "200 proxy 127.0.0.1:9000 /plain/a"},
                  {"/plain/a%20b//c/../d?x=%20", "200 proxy 127.0.0.1:9000 /plain/a%20b//c/../d?x=%20"},
                  {"/plain/%2e%2E/plain/x", "200 proxy 127.0.0.1:9000 /plain/%2e%2E/plain/x"},
                  {"/plain/", "200 proxy 127.0.0.1:9000 /plain/"},
                  {"/plain/x?", "200 proxy 127.0.0.1:9000 /plain/x?"},
                  {"http://example.test/plain/y?z", "200 proxy 127.0.0.1:9000 /plain/y?z"},
                  {"/root/a", "200 proxy 127.0.0.1:9000 /a"},
                  {"/root/", "200 proxy 127.0.0.1:9000 /"},
                  {"/root//a", "200 proxy 127.0.0.1:9000 /a"},
                  {"/root/a%20b", "200 proxy 127.0.0.1:9000 /a%20b"},
                  {"/root/a%2Fb", "200 proxy 127.0.0.1:9000 /a/b"},
                  {"/root/a%25b", "200 proxy 127.0.0.1:9000 /a%25b"},
                  {"/root/a%3Fb?c", "200 proxy 127.0.0.1:9000 /a%3Fb?c"},
                  {"/root/a%23b", "200 proxy 127.0.0.1:9000 /a%23b"},
                  {"/root/a+b", "200 proxy 127.0.0.1:9000 /a+b"},
                  {"/root/\303\251", "200 proxy 127.0.0.1:9000 /\303\251"},
                  {"/root/%C3%A9", "200 proxy 127.0.0.1:9000 /%C3%A9"},
                  {"/root/%C3%A9\303\251", "200 proxy 127.0.0.1:9000 /%C3%A9%C3%A9"},
                  {"/root/a\"b<c>", "200 proxy 127.0.0.1:9000 /a\"b<c>"},
                  {"/root/%22%3C%7C", "200 proxy 127.0.0.1:9000 /%22%3C%7C"},
                  {"/root/x?", "200 proxy 127.0.0.1:9000 /x"},
                  {"/base/a?b=c", "200 proxy 127.0.0.1:9000 /x/a?b=c"},
                  {"/base/../base/a", "200 proxy 127.0.0.1:9000 /x/a"},
                  {"/glued/a", "200 proxy 127.0.0.1:9000 /xa"},
                  {"/noslash", "200 proxy 127.0.0.1:9000 /x/"},
                  {"/noslash/a", "200 proxy 127.0.0.1:9000 /x//a"},
                  {"/noslashes", "200 proxy 127.0.0.1:9000 /x/es"},
                  {"/bare", "200 proxy 127.0.0.1:9000 /"},
                  {"/bare/x", "200 proxy 127.0.0.1:9000 //x"},
                  {"/pref/x", "200 proxy 127.0.0.1:9000 /p/x"},
                  {"/exact?x", "200 proxy 127.0.0.1:9000 /e?x"},
                  {"/exactslash/", "200 proxy 127.0.0.1:9000 /"},
                  {"/query/x", "200 proxy 127.0.0.1:9000 /q?a=1x"},
                  {"/query/x?y", "200 proxy 127.0.0.1:9000 /q?a=1x?y"},
                  {"/onlyquery/x", "200 proxy 127.0.0.1:9000 /?a=1x"},  // not nginx, which sends no path
                  {"/sp%20ace/x", "200 proxy 127.0.0.1:9000 /s/x"},
                  {"/esc/x", "200 proxy 127.0.0.1:9000 /%41%20/x"},
                  {"/group/x", "200 proxy backend.test:9000 /x"},
                  {"/upper/x", "200 proxy 127.0.0.1:9000 /up/x"}});
}

TEST_CASE("regular expressions, named locations, if and limit_except take no URI") {
    check_server(R"conf(
        location ~ ^/re/(.*)$ { proxy_pass http://127.0.0.1:9000; }
        location ~* \.jpg$ { proxy_pass http://127.0.0.1:9001; }
        location /named { error_page 404 = @n; return 404; }
        location @n { proxy_pass http://127.0.0.1:9000; }
        location /if/ { proxy_pass http://127.0.0.1:9000/base/; if ($arg_a) { proxy_pass http://127.0.0.1:9001; } }
        location /le/ { proxy_pass http://127.0.0.1:9000/base/; limit_except GET { proxy_pass http://127.0.0.1:9001; } }
    )conf",
                 {{"/re/a%20b?c", "200 proxy 127.0.0.1:9000 /re/a%20b?c"},
                  {"/x/y.JPG?q", "200 proxy 127.0.0.1:9001 /x/y.JPG?q"},
                  {"/named/x%20y?q", "200 proxy 127.0.0.1:9000 /named/x%20y?q"},
                  {"/if/x", "200 proxy 127.0.0.1:9000 /base/x"},
                  {"/if/x%20?a=1", "200 proxy 127.0.0.1:9001 /if/x%20?a=1"},
                  {"/le/x", "200 proxy 127.0.0.1:9000 /base/x"},
                  {"POST /le/x", "200 proxy 127.0.0.1:9001 /le/x"}});
}

TEST_CASE("after a rewrite") {
    check_server(R"conf(
        location /plain/ { rewrite ^/plain/(.*)$ /new/$1 break; proxy_pass http://127.0.0.1:9000; }
        location /uri/ { rewrite ^/uri/(.*)$ /new/$1 break; proxy_pass http://127.0.0.1:9000/base/; }
        location /args/ { rewrite ^/args/(.*)$ /new?p=$1 break; proxy_pass http://127.0.0.1:9000; }
        location /miss/ { rewrite ^/nothing /new break; proxy_pass http://127.0.0.1:9000/base/; }
        location /last/ { rewrite ^/last/(.*)$ /base/$1 last; }
        location /base/ { proxy_pass http://127.0.0.1:9000/b/; }
        location /lastplain/ { rewrite ^/lastplain/(.*)$ /plain2/$1 last; }
        location /plain2/ { proxy_pass http://127.0.0.1:9000; }
        location /err { error_page 404 /base/err; return 404; }
        location /err2 { error_page 404 /plain2/err?x; return 404; }
        location /setargs { set $args ""; proxy_pass http://127.0.0.1:9000; }
        location /setargs2/ { set $args "n=1"; proxy_pass http://127.0.0.1:9000/t/; }
        location /broken { rewrite ^ /base/x break; error_page 404 = /base/y; return 404; }
    )conf",
                 {{"/plain/a%20b?q", "200 proxy 127.0.0.1:9000 /new/a%20b?q"},
                  {"/plain/a", "200 proxy 127.0.0.1:9000 /new/a"},
                  {"/plain/\303\251", "200 proxy 127.0.0.1:9000 /new/%C3%A9"},
                  {"/plain/a%2520", "200 proxy 127.0.0.1:9000 /new/a%2520"},
                  {"/uri/a?q", "200 proxy 127.0.0.1:9000 /new/a?q"},
                  {"/args/a%20b%26?q", "200 proxy 127.0.0.1:9000 /new?p=a%20b%26&q"},
                  {"/miss/a%20b", "200 proxy 127.0.0.1:9000 /base/a%20b"},
                  {"/last/a%20b?q", "200 proxy 127.0.0.1:9000 /b/a%20b?q"},
                  {"/lastplain/a%20b/../c?q", "200 proxy 127.0.0.1:9000 /plain2/c?q"},
                  {"/err?q", "404 proxy 127.0.0.1:9000 /b/err"},
                  {"/err2?q", "404 proxy 127.0.0.1:9000 /plain2/err?x"},
                  {"/setargs?q", "200 proxy 127.0.0.1:9000 /setargs"},
                  {"/setargs/a%20b?q", "200 proxy 127.0.0.1:9000 /setargs/a%20b"},
                  {"/setargs2/a?q", "200 proxy 127.0.0.1:9000 /t/a?n=1"}});
}

TEST_CASE("with variables") {
    check_rows(R"conf(
        upstream group { server 127.0.0.1:9000; }
        server {
            listen 80;
            set $where 127.0.0.1:9000;
            set $group group;
            set $sock unix:/tmp/decide.sock;
            location /host/ { proxy_pass http://$where; }
            location /uri/ { proxy_pass http://$where/fixed; }
            location /slash/ { proxy_pass http://$where/; }
            location /both/ { proxy_pass http://$where$request_uri; }
            location /path/ { proxy_pass http://$where/x$uri$is_args$args; }
            location /q/ { proxy_pass http://$where?a=1; }
            location /group/ { proxy_pass http://$group; }
            location /group2/ { proxy_pass http://$group/x; }
            location /direct/ { proxy_pass http://group/x$uri; }
            location ~ ^/re/(.*)$ { proxy_pass http://127.0.0.1:9000/n/$1; }
            location ~ ^/named/(?<tail>.*)$ { proxy_pass http://127.0.0.1:9000/n/$tail$is_args$args; }
            location /rewritten/ { rewrite ^ /changed break; proxy_pass http://$where; }
            location /rewritten2/ { rewrite ^ /changed break; proxy_pass http://$where/y; }
            location /scheme/ { set $s http; proxy_pass $s://127.0.0.1:9000; }
            location /whole { set $u "http://127.0.0.1:9000/w?x"; proxy_pass $u; }
            location /wrong { set $u "ftp://127.0.0.1:9000/"; proxy_pass $u; }
            location /empty { proxy_pass $arg_none; }
            location /upper/ { set $u HTTP://127.0.0.1:9000; proxy_pass $u; }
            location /sock/ { proxy_pass http://$sock; }
            location /sock2/ { proxy_pass http://$sock:/s/; }
        }
    )conf",
               {{"/host/a%20b//c?q", "200 proxy 127.0.0.1:9000 /host/a%20b//c?q"},
                {"/host/a", "200 proxy 127.0.0.1:9000 /host/a"},
                {"/uri/a?q", "200 proxy 127.0.0.1:9000 /fixed"},
                {"/slash/a?q", "200 proxy 127.0.0.1:9000 /"},
                {"/both/a%20b?q", "200 proxy 127.0.0.1:9000 /both/a%20b?q"},
                {"/path/a?q", "200 proxy 127.0.0.1:9000 /x/path/a?q"},
                {"/path/a%20b", "200 proxy 127.0.0.1:9000 /x/path/a%20b"},  // not nginx, which sends the space
                {"/path/a%0D%0AX:b", "200 proxy 127.0.0.1:9000 /x/path/a%0D%0AX:b"},  // not nginx, which sends two lines
                {"/q/x?y", "200 proxy 127.0.0.1:9000 /?a=1"},
                {"/group/a?q", "200 proxy group /group/a?q"},
                {"/group2/a?q", "200 proxy group /x"},
                {"/direct/a?q", "200 proxy group /x/direct/a"},
                {"/re/a?q", "200 proxy 127.0.0.1:9000 /n/a"},
                {"/named/a?q", "200 proxy 127.0.0.1:9000 /n/a?q"},
                {"/rewritten/a?q", "200 proxy 127.0.0.1:9000 /changed?q"},
                {"/rewritten2/a?q", "200 proxy 127.0.0.1:9000 /y"},
                {"/scheme/a", "200 proxy 127.0.0.1:9000 /scheme/a"},
                {"/whole?q", "200 proxy 127.0.0.1:9000 /w?x"},
                {"/wrong", "500 page"},
                {"/empty", "500 page"},
                {"/upper/x", "200 proxy 127.0.0.1:9000 /upper/x"},
                {"/sock/x", "200 proxy localhost /sock/x"},
                {"/sock2/x", "200 proxy localhost /s/"}});
}

TEST_CASE("Unix sockets") {
    check_rows(R"conf(
        upstream socks { server unix:/tmp/decide.sock; }
        server {
            listen 80;
            location /plain/ { proxy_pass http://unix:/tmp/decide.sock; }
            location /colon/ { proxy_pass http://unix:/tmp/decide.sock:; }
            location /uri/ { proxy_pass http://unix:/tmp/decide.sock:/base/; }
            location /group/ { proxy_pass http://socks/g/; }
            location ~ ^/re/ { proxy_pass http://unix:/tmp/decide.sock; }
        }
    )conf",
               {{"/plain/x?q", "200 proxy localhost /plain/x?q"},
                {"/colon/x", "200 proxy localhost /colon/x"},
                {"/uri/x?q", "200 proxy localhost /base/x?q"},
                {"/group/x", "200 proxy socks /g/x"},
                {"/re/x", "200 proxy localhost /re/x"}});
}

TEST_CASE("peers of a name, and the Host that they get") {
    check_rows(R"conf(
        upstream Mixed.Case { server 127.0.0.1:9000; }
        upstream with.port { server 127.0.0.1:9001; }
        server {
            listen 80;
            location /name { proxy_pass http://backend.test:9000; }
            location /upstream { proxy_pass http://with.port; }
            location /mixed { proxy_pass http://Mixed.Case; }
            location /ip { proxy_pass http://127.0.0.1:9001; }
        }
    )conf",
               {{"/name", "200 proxy backend.test:9000 /name"},
                {"/upstream", "200 proxy with.port /upstream"},
                {"/mixed", "200 proxy Mixed.Case /mixed"},
                {"/ip", "200 proxy 127.0.0.1:9001 /ip"}});
}
