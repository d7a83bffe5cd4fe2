// error_page: what answers instead, and with which status. The answers are those of nginx 1.22.
#include "support/decide.hpp"

using namespace sluice::test;

TEST_CASE("the page's status, and that of the answer") {
    check_server(R"conf(
        location /keep { error_page 404 /page; return 404; }
        location /own { error_page 404 = /page; return 404; }
        location /given { error_page 404 =202 /page; return 404; }
        location /several { error_page 403 404 =201 /page; return 403; }
        location /other { error_page 403 /page; return 404; }
        location /first { error_page 404 /page?1; error_page 404 /page?2; return 404; }
        location /own-page-404 { error_page 403 = /none; return 403; }
        location /page-404 { error_page 403 /none; return 403; }
        location /proxied { error_page 404 /proxy; return 404; }
        location /proxied-own { error_page 404 = /proxy; return 404; }
        location /to301 { error_page 404 =301 /page; return 404; }
        location /redirects { error_page 404 /redir; return 404; }
        location /redirects-own { error_page 404 = /redir; return 404; }
        location /returns-500 { error_page 404 /r500; return 404; }
        location /returns-500-own { error_page 404 = /r500; return 404; }
        location /text { error_page 404 /page; return 404 "own text"; }
        location /close { error_page 404 = /r444; return 404; }
        location /e500 { error_page 500 /page; return 500; }
        location /e302 { error_page 302 = /page; return 302 /somewhere; }
        location /e302b { error_page 302 = /page; rewrite ^ /somewhere redirect; }
        location /e494 { error_page 494 /page; return 494; }
        location /page { return 200 "page $uri|$args|$status"; }
        location /proxy { proxy_pass http://127.0.0.1:9000; }
        location /redir { return 302 /elsewhere; }
        location /r500 { return 500; }
        location /r444 { return 444; }
    )conf",
                 {{"/keep?q", "404 page /page||404"},
                  {"/own", "200 page /page||200"},
                  {"/given", "202 page /page||202"},
                  {"/several", "201 page /page||201"},
                  {"/other", "404 page"},
                  {"/first", "404 page /page|1|404"},
                  {"/own-page-404", "404 page"},
                  {"/page-404", "404 page"},
                  {"/proxied", "404 proxy 127.0.0.1:9000 /proxy"},
                  {"/proxied-own", "200 proxy 127.0.0.1:9000 /proxy"},
                  {"/to301", "301 page /page||301"},
                  {"/redirects", "302 http://example.test/elsewhere"},
                  {"/redirects-own", "302 http://example.test/elsewhere"},
                  {"/returns-500", "500 page"},
                  {"/returns-500-own", "500 page"},
                  {"/text", "404 own text"},
                  {"/close", "close"},
                  {"/e500", "500 page /page||500"},
                  {"/e302", "200 page /page||200"},
                  {"/e302b", "200 page /page||200"},
                  {"/e494", "400 page /page||400"}});
}

TEST_CASE("named pages keep the request as it is") {
    check_server(R"conf(
        location /named { error_page 404 = @fallback; return 404; }
        location /named-status { error_page 404 =203 @fallback; return 404; }
        location /named-keep { error_page 404 @fallback; return 404; }
        location /missing { error_page 404 @nowhere; return 404; }
        location /post { error_page 405 = @method; return 405; }
        location /posturi { error_page 405 = /method; return 405; }
        location /rewritten { error_page 404 = @fallback; rewrite ^ /changed break; return 404; }
        location /rw2 { error_page 404 = @fallback; rewrite ^ /changed2 last; }
        location /rewrites { error_page 404 = @rewrites; return 404; }
        location /changed2 { error_page 404 = @fallback; return 404; }
        location @fallback { proxy_pass http://127.0.0.1:9000; }
        location @method { return 200 "$request_method $uri"; }
        location /method { return 200 "$request_method $uri"; }
        location @rewrites { rewrite ^/(.*)$ /page/$1 last; }
        location /page { return 200 "page $uri|$args"; }
    )conf",
                 {{"/named/a%20b//c?q=1", "200 proxy 127.0.0.1:9000 /named/a%20b//c?q=1"},
                  {"/named-status", "203 proxy 127.0.0.1:9000 /named-status"},
                  {"/named-keep", "404 proxy 127.0.0.1:9000 /named-keep"},
                  {"/missing", "500 page"},
                  {"POST /post", "200 POST /post"},
                  {"POST /posturi", "200 GET /method"},
                  {"HEAD /none", "404 page"},
                  {"/rw2/x?q", "200 proxy 127.0.0.1:9000 /changed2?q"},
                  {"/rewrites?q", "200 page /page/rewrites|q"}});
}

TEST_CASE("pages elsewhere, and pages with variables") {
    check_server(R"conf(
        location /url { error_page 404 http://help.test/missing; return 404; }
        location /url301 { error_page 404 =301 http://help.test/missing; return 404; }
        location /url303 { error_page 404 =303 https://help.test/missing; return 404; }
        location /url200 { error_page 404 =200 http://help.test/missing; return 404; }
        location /urlown { error_page 404 = http://help.test/missing; return 404; }
        location /urlvar { error_page 404 http://help.test$uri?from=$args; return 404; }
        location /relative { error_page 404 missing.html; return 404; }
        location /var { error_page 404 /page/$status$uri; return 404; }
        location /varargs { error_page 404 /page?u=$uri; return 404; }
        location /varname { set $n @named; error_page 404 = $n; return 404; }
        location /args { error_page 404 /page?own; return 404; }
        location /noargs { error_page 404 /page; return 404; }
        location /e301 { error_page 301 http://help.test/moved; return 301 /x; }
        location @named { return 200 "named $uri"; }
        location /page { return 200 "page $uri|$args"; }
    )conf",
                 {{"/url", "302 http://help.test/missing"},
                  {"/url301", "301 http://help.test/missing"},
                  {"/url303", "303 https://help.test/missing"},
                  {"/url200", "302 http://help.test/missing"},
                  {"/urlown", "302 http://help.test/missing"},
                  {"/urlvar/x?q", "302 http://help.test/urlvar/x?from=q"},
                  {"/relative", "302 missing.html"},
                  {"/var/x", "404 page /page/404/var/x|"},
                  {"/varargs?q", "404 page /page|u=/varargs"},
                  {"/varname", "200 named /varname"},
                  {"/args?q", "404 page /page|own"},
                  {"/noargs?q", "404 page /page|"},
                  {"/e301", "302 http://help.test/moved"}});
}

TEST_CASE("an error within an error page") {
    check_server(R"conf(
        error_page 404 /once;
        error_page 403 /denied;
        error_page 500 /broken;
        location /once { return 403; }
        location /denied { return 200 denied; }
        location /broken { return 200 broken; }
        location /rec/ { recursive_error_pages on; error_page 404 /rec/two; error_page 403 /rec/three;
            location /rec/one { return 404; }
            location /rec/two { return 403; }
            location /rec/three { return 200 "three $uri"; }
            location /rec/self { error_page 404 /rec/self; return 404; }
            location /rec/off { recursive_error_pages off; return 404; }
            location /rec/named { error_page 404 = @rec; return 404; }
        }
        location @rec { recursive_error_pages on; error_page 404 = @rec2; return 404; }
        location @rec2 { recursive_error_pages on; error_page 404 = /denied; return 404; }
        location /loop { rewrite ^ /loop last; }
        location /self { error_page 404 /self; return 404; }
    )conf",
                 {{"/none", "403 page"},
                  {"/rec/one", "403 three /rec/three"},
                  {"/rec/self", "500 page"},
                  {"/rec/off", "403 page"},
                  {"/rec/named", "200 denied"},
                  {"/loop", "500 page"},
                  {"/self", "404 page"}});
}

TEST_CASE("answers of peers, intercepted") {
    check_server(R"conf(
        error_page 404 /page;
        error_page 503 =200 /page;
        error_page 301 /moved;
        proxy_intercept_errors on;
        location /on { proxy_pass http://127.0.0.1:9000; }
        location /off { proxy_intercept_errors off; proxy_pass http://127.0.0.1:9000; }
        location /retry { error_page 503 = @second; proxy_pass http://127.0.0.1:9000; }
        location @second { proxy_pass http://127.0.0.1:9001; }
        location /page { return 200 "page $uri"; }
        location /peer-page { error_page 404 /peer/status-404; proxy_pass http://127.0.0.1:9000; }
        location /peer/ { proxy_pass http://127.0.0.1:9001; }
        location /moved { return 200 moved; }
    )conf",
                 {{"/on/status-404", "404 page /page"},
                  {"/on/status-503", "200 page /page"},
                  {"/on/status-500", "500 proxy 127.0.0.1:9000 /on/status-500"},
                  {"/on/status-201", "201 proxy 127.0.0.1:9000 /on/status-201"},
                  {"/on/status-301", "301 moved"},
                  {"/off/status-404", "404 proxy 127.0.0.1:9000 /off/status-404"},
                  {"/retry/status-503", "503 page"},
                  {"/retry/x", "200 proxy 127.0.0.1:9000 /retry/x"},
                  {"/peer-page/status-404", "404 page"}});
}

TEST_CASE("levels: an error_page of its own takes the place of all around") {
    check_rows(R"conf(
        error_page 404 /http;
        error_page 403 /http;
        server {
            listen 80; server_name a;
            location /http { return 200 http; }
            location /server { return 200 server; }
            location /location { return 200 location; }
            location /x { return 404; }
            location /y { error_page 404 /location; location /y/z { return 404; } return 403; }
        }
        server {
            listen 80; server_name b;
            error_page 404 /server;
            location /http { return 200 http; }
            location /server { return 200 server; }
            location /x { return 404; }
            location /y { return 403; }
        }
    )conf",
               {{"/x a", "404 http"},
                {"/y a", "403 page"},
                {"/y/z a", "404 location"},
                {"/x b", "404 server"},
                {"/y b", "403 page"}});
}
