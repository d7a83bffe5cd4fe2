// if: every operator, and what holds inside. The answers are those of nginx 1.22.
#include "support/decide.hpp"
#include "support/temporary.hpp"

using namespace sluice::test;

TEST_CASE("every comparison and its negation") {
    check_server(R"conf(
        set $v $arg_v;
        location /truth { if ($v) { return 200 yes; } return 200 no; }
        location /is { if ($v = one) { return 200 yes; } return 200 no; }
        location /isnot { if ($v != one) { return 200 yes; } return 200 no; }
        location /like { if ($v ~ ^o(n)e$) { return 200 yes-$1; } return 200 no; }
        location /alike { if ($v ~* ^o(n)e$) { return 200 yes-$1; } return 200 no; }
        location /unlike { if ($v !~ ^one$) { return 200 yes; } return 200 no; }
        location /unalike { if ($v !~* ^one$) { return 200 yes; } return 200 no; }
        location /empty { if ($v = "") { return 200 yes; } return 200 no; }
        location /variable { if ($v = $arg_w) { return 200 yes; } return 200 no; }
        location /quoted { if ($v = "a b") { return 200 yes; } return 200 no; }
        location /spaced { if ( $v = one ) { return 200 yes; } return 200 no; }
        location /braces { if ($v ~ "^a{2,3}$") { return 200 yes; } return 200 no; }
        location /method { if ($request_method = POST) { return 200 post; } return 200 other; }
        location /header { if ($http_user_agent ~ MSIE) { return 200 msie; } return 200 "[$http_user_agent]"; }
        location /cookie { if ($http_cookie ~* "id=([^;]+)(?:;|$)") { return 200 id=$1; } return 200 none; }
        location /notset { if ($never) { return 200 yes; } set $never 1; return 200 no; }
    )conf",
                 {{"/truth", "200 no"},
                  {"/truth?v=", "200 no"},
                  {"/truth?v=0", "200 no"},
                  {"/truth?v=00", "200 yes"},
                  {"/truth?v=1", "200 yes"},
                  {"/truth?v=off", "200 yes"},
                  {"/is?v=one", "200 yes"},
                  {"/is?v=One", "200 no"},
                  {"/is", "200 no"},
                  {"/isnot?v=one", "200 no"},
                  {"/isnot?v=two", "200 yes"},
                  {"/isnot", "200 yes"},
                  {"/like?v=one", "200 yes-n"},
                  {"/like?v=ONE", "200 no"},
                  {"/alike?v=ONE", "200 yes-N"},
                  {"/alike?v=on", "200 no"},
                  {"/unlike?v=one", "200 no"},
                  {"/unlike?v=ONE", "200 yes"},
                  {"/unalike?v=ONE", "200 no"},
                  {"/unalike?v=two", "200 yes"},
                  {"/empty", "200 yes"},
                  {"/empty?v=x", "200 no"},
                  {"/variable?v=x&w=x", "200 yes"},
                  {"/variable?v=x&w=y", "200 no"},
                  {"/quoted?v=a%20b", "200 no"},
                  {"/spaced?v=one", "200 yes"},
                  {"/braces?v=aa", "200 yes"},
                  {"/braces?v=a", "200 no"},
                  {"POST /method", "200 post"},
                  {"/method", "200 other"},
                  {"/header +User-Agent:MSIE-7", "200 msie"},
                  {"/header", "200 []"},
                  {"/cookie +Cookie:a=b;id=7;c=d", "200 id=7"},
                  {"/cookie", "200 none"},
                  {"/notset", "200 no"}});
}

TEST_CASE("tests of files") {
    check_server(R"conf(
        location /f { if (-f /etc/passwd) { return 200 yes; } return 200 no; }
        location /fd { if (-f /etc) { return 200 yes; } return 200 no; }
        location /d { if (-d /etc) { return 200 yes; } return 200 no; }
        location /df { if (-d /etc/passwd) { return 200 yes; } return 200 no; }
        location /e { if (-e /etc/passwd) { return 200 yes; } return 200 no; }
        location /ed { if (-e /etc) { return 200 yes; } return 200 no; }
        location /x { if (-x /bin/sh) { return 200 yes; } return 200 no; }
        location /xf { if (-x /etc/passwd) { return 200 yes; } return 200 no; }
        location /nf { if (!-f /etc/passwd) { return 200 yes; } return 200 no; }
        location /nf2 { if (!-f /etc/no-such-file) { return 200 yes; } return 200 no; }
        location /nd { if (!-d /etc) { return 200 yes; } return 200 no; }
        location /ne { if (!-e /etc/no-such-file) { return 200 yes; } return 200 no; }
        location /nx { if (!-x /bin/sh) { return 200 yes; } return 200 no; }
        location /v { if (-f /etc/$arg_name) { return 200 yes; } return 200 no; }
        location /none { if (-f $arg_name) { return 200 yes; } return 200 no; }
    )conf",
                 {{"/f", "200 yes"},
                  {"/fd", "200 no"},
                  {"/d", "200 yes"},
                  {"/df", "200 no"},
                  {"/e", "200 yes"},
                  {"/ed", "200 yes"},
                  {"/x", "200 yes"},
                  {"/xf", "200 no"},
                  {"/nf", "200 no"},
                  {"/nf2", "200 yes"},
                  {"/nd", "200 no"},
                  {"/ne", "200 yes"},
                  {"/nx", "200 no"},
                  {"/v?name=passwd", "200 yes"},
                  {"/v?name=nothing", "200 no"},
                  {"/none", "200 no"}});
}

TEST_CASE("what stands in an if holds from there on, and the last one that is met wins") {
    check_server(R"conf(
        location /a { if ($arg_x) { proxy_pass http://127.0.0.1:9001; } proxy_pass http://127.0.0.1:9000; }
        location /b { proxy_pass http://127.0.0.1:9000; if ($arg_x) { set $y 1; } if ($arg_z) { proxy_pass http://127.0.0.1:9001; } }
        location /c { if ($arg_x) { proxy_pass http://127.0.0.1:9000; } if ($arg_z) { set $y z; } return 404; }
        location /d { error_page 404 /root-page; if ($arg_x) { error_page 404 /if-page; } }
        location /e { if ($arg_x) { error_page 404 /if-page; } error_page 404 /root-page; return 404; }
        location /f { if ($arg_x) { rewrite ^ /shown last; } return 200 behind; }
        location /g { if ($arg_x) { rewrite ^ /shown; } return 200 "behind $uri"; }
        location /h { if ($arg_x) { rewrite ^ /changed break; } proxy_pass http://127.0.0.1:9000; }
        location /i { if ($arg_x) { break; } return 200 behind; }
        location /j { set $a 0; if ($arg_x) { set $a 1; } if ($arg_y) { set $a "${a}2"; } return 200 $a; }
        location /k/ { proxy_pass http://127.0.0.1:9000/base/; if ($arg_x) { set $y 1; } }
        location /again { error_page 404 /shown; return 404; }
        location /n { if ($arg_x) { return 403; } proxy_pass http://127.0.0.1:9000; }
        location /o { if ($arg_x) { rewrite ^ /to permanent; } return 200 o; }
        location /p { if ($arg_x) { set $l /p2; } rewrite ^ $l last; return 200 p; }
        location /root-page { return 200 root-page; }
        location /if-page { return 200 if-page; }
        location /shown { return 200 "$uri"; }
    )conf",
                 {{"/a", "200 proxy 127.0.0.1:9000 /a"},
                  {"/a?x=1", "200 proxy 127.0.0.1:9001 /a?x=1"},
                  {"/b?x=1", "200 proxy 127.0.0.1:9000 /b?x=1"},
                  {"/b?z=1", "200 proxy 127.0.0.1:9001 /b?z=1"},
                  {"/b?x=1&z=1", "200 proxy 127.0.0.1:9001 /b?x=1&z=1"},
                  {"/c?x=1", "404 page"},
                  {"/c?x=1&z=1", "404 page"},
                  {"/d", "404 root-page"},
                  {"/d?x=1", "404 if-page"},
                  {"/e", "404 root-page"},
                  {"/e?x=1", "404 if-page"},
                  {"/f", "200 behind"},
                  {"/f?x=1", "200 /shown"},
                  {"/g?x=1", "200 behind /shown"},
                  {"/h", "200 proxy 127.0.0.1:9000 /h"},
                  {"/h?x=1", "200 proxy 127.0.0.1:9000 /changed?x=1"},
                  {"/i", "200 behind"},
                  {"/i?x=1", "404 page"},
                  {"/j", "200 0"},
                  {"/j?x=1&y=1", "200 12"},
                  {"/j?y=1", "200 02"},
                  {"/k/z", "200 proxy 127.0.0.1:9000 /base/z"},
                  {"/k/z?x=1", "200 proxy 127.0.0.1:9000 /base/z?x=1"},
                  {"/n", "200 proxy 127.0.0.1:9000 /n"},
                  {"/n?x=1", "403 page"},
                  {"/o?x=1", "301 http://example.test/to?x=1"},
                  {"/p", "500 page"}});
}

TEST_CASE("if in a server") {
    check_server(R"conf(
        if ($http_host = bare.test) { return 301 http://www.bare.test$request_uri; }
        if ($arg_maintenance) { return 503; }
        if ($arg_rw) { rewrite ^/(.*)$ /re/$1 last; }
        if ($arg_rw2) { rewrite ^/(.*)$ /re/$1 break; }
        if ($arg_var) { set $seen "$arg_var"; }
        if ($uri ~ ^/cap/(.*)$) { set $tail $1; }
        error_page 503 @maintenance;
        location @maintenance { return 200 "maintenance $uri"; }
        location / { return 200 "$uri|$seen|$tail"; }
    )conf",
                 {{"/x?y bare.test", "301 http://www.bare.test/x?y"},
                  {"/x?maintenance=1", "503 maintenance /x"},
                  {"/x?rw=1", "200 /re/x||"},
                  {"/x?rw2=1", "200 /re/x||"},
                  {"/x?rw=1&rw2=1", "200 /re/x||"},
                  {"/x?var=v", "200 /x|v|"},
                  {"/cap/t%20t", "200 /cap/t t||t%20t"}});
}
