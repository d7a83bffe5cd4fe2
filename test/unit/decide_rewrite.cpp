// rewrite, return, set, break. The answers are those of nginx 1.22.
#include "support/decide.hpp"

using namespace sluice::test;

TEST_CASE("the flags of rewrite") {
    check_server(R"conf(
        location /last { rewrite ^/last/(.*) /shown/$1 last; return 200 not-here; }
        location /break { rewrite ^/break/(.*) /shown/$1 break; proxy_pass http://127.0.0.1:9000; }
        location /return { rewrite ^/return/(.*) /shown/$1 break; return 200 not-here; }
        location /none { rewrite ^/none/(.*) /none2/$1; rewrite ^/none2/(.*) /shown/two-$1; }
        location /goes-on { rewrite ^/goes-on/(.*) /shown/$1; return 200 "returned $uri"; }
        location /redirect { rewrite ^/redirect/(.*) /to/$1 redirect; }
        location /permanent { rewrite ^/permanent/(.*) /to/$1 permanent; }
        location /absolute { rewrite ^/absolute/(.*) http://other.test/$1; }
        location /secure { rewrite ^/secure/(.*) https://other.test/$1 last; }
        location /scheme { rewrite ^/scheme/(.*) $scheme://other.test/$1 permanent; }
        location /ftp { rewrite ^/ftp/(.*) ftp://other.test/$1 last; }
        location /loses { rewrite ^ /first; rewrite ^ /second break; proxy_pass http://127.0.0.1:9000; }
        location /late { rewrite ^ /first; break; proxy_pass http://127.0.0.1:9000; }
        location /misses { rewrite nothing /x last; return 200 missed; }
        location /caseless { rewrite (?i)^/CASELESS/(.) /shown/$1 last; }
        location /shown { return 200 "$uri|$args"; }
        location /to { return 200 to; }
    )conf",
                 {{"/last/x", "200 /shown/x|"},
                  {"/last/x?q=1", "200 /shown/x|q=1"},
                  {"/last", "200 not-here"},
                  {"/break/x?q=1", "200 proxy 127.0.0.1:9000 /shown/x?q=1"},
                  {"/break", "200 proxy 127.0.0.1:9000 /break"},
                  {"/return/x", "404 page"},
                  {"/none/x", "200 /shown/two-x|"},
                  {"/goes-on/x", "200 returned /shown/x"},
                  {"/redirect/x", "302 http://example.test/to/x"},
                  {"/redirect/x?q=1", "302 http://example.test/to/x?q=1"},
                  {"/permanent/x?q=1", "301 http://example.test/to/x?q=1"},
                  {"/absolute/x", "302 http://other.test/x"},
                  {"/secure/x?a", "302 https://other.test/x?a"},
                  {"/scheme/x", "301 http://other.test/x"},
                  {"/ftp/x", "404 page"},
                  {"/loses", "200 proxy 127.0.0.1:9000 /second"},
                  {"/late", "200 proxy 127.0.0.1:9000 /first"},
                  {"/misses", "200 missed"},
                  {"/caseless/y", "200 /shown/y|"}});
}

TEST_CASE("arguments of rewrites") {
    check_server(R"conf(
        location /keep { rewrite ^ /shown last; }
        location /drop { rewrite ^ /shown? last; }
        location /add { rewrite ^ /shown?a=1 last; }
        location /only { rewrite ^ /shown?a=1? last; }
        location /capture { rewrite ^/capture/(.*) /shown?p=$1 last; }
        location /capture2 { rewrite ^/capture2/(.*) /shown?p=$1? last; }
        location /variable { rewrite ^ /shown?old=$args? last; }
        location /twice { rewrite ^ /x?a=1; rewrite ^ /shown?b=2 last; }
        location /two-marks { rewrite ^ /shown?a=?b last; }
        location /r-keep { rewrite ^ /to redirect; }
        location /r-drop { rewrite ^ /to? redirect; }
        location /r-add { rewrite ^ /to?a=1 redirect; }
        location /r-only { rewrite ^ /to?a=1? redirect; }
        location /r-capture { rewrite ^/r-capture/(.*) /to?p=$1 redirect; }
        location /r-url { rewrite ^/r-url/(.*) http://o.test/?p=$1? permanent; }
        location /r-var { set $q "?v=1"; rewrite ^ /to$q redirect; }
        location /shown { return 200 "$uri|$args|$is_args"; }
    )conf",
                 {{"/keep", "200 /shown||"},
                  {"/keep?q", "200 /shown|q|?"},
                  {"/drop?q", "200 /shown||"},
                  {"/add", "200 /shown|a=1|?"},
                  {"/add?q", "200 /shown|a=1&q|?"},
                  {"/only?q", "200 /shown|a=1|?"},
                  {"/capture/x?q", "200 /shown|p=x&q|?"},
                  {"/capture/x%20y%26z?q", "200 /shown|p=x%20y%26z&q|?"},
                  {"/capture/x+y", "200 /shown|p=x%2By|?"},
                  {"/capture/\303\251", "200 /shown|p=\303\251|?"},
                  {"/capture2/a%3Fb?q", "200 /shown|p=a%3Fb|?"},
                  {"/variable?q=1", "200 /shown|old=q=1|?"},
                  {"/twice?q", "200 /shown|b=2&a=1&q|?"},
                  {"/two-marks?q", "200 /shown|a=?b&q|?"},
                  {"/r-keep?q", "302 http://example.test/to?q"},
                  {"/r-drop?q", "302 http://example.test/to"},
                  {"/r-add", "302 http://example.test/to?a=1"},
                  {"/r-add?q", "302 http://example.test/to?a=1&q"},
                  {"/r-only?q", "302 http://example.test/to?a=1"},
                  {"/r-capture/x%20y%26z?q", "302 http://example.test/to?p=x%20y%26z&q"},
                  {"/r-capture/a+b", "302 http://example.test/to?p=a%2Bb"},
                  {"/r-url/a%2Fb?q", "301 http://o.test/?p=a/b"},
                  {"/r-var?q", "302 http://example.test/to?v=1?q"},
                  {"/r-var", "302 http://example.test/to?v=1"}});
}

TEST_CASE("escaped paths in rewrites") {
    check_server(R"conf(
        location /last { rewrite ^/last/(.*) /shown/$1 last; }
        location /break { rewrite ^/break/(.*) /b/$1 break; proxy_pass http://127.0.0.1:9000; }
        location /r { rewrite ^/r/(.*) /to/$1 redirect; }
        location /u { rewrite ^/u/(.*) /to$uri redirect; }
        location /l { rewrite ^/l/(.*) "/to/%41%20 b" redirect; }
        location /ln { rewrite ^/ln/(.*)$ "/shown/%41 b" last; }
        location /shown { return 200 "$uri"; }
    )conf",
                 {{"/last/a%20b", "200 /shown/a b"},
                  {"/last/a%25b", "200 /shown/a%b"},
                  {"/break/a%20b", "200 proxy 127.0.0.1:9000 /b/a%20b"},
                  {"/break/a%2520b?x=%20", "200 proxy 127.0.0.1:9000 /b/a%2520b?x=%20"},
                  {"/break/a%3Fb", "200 proxy 127.0.0.1:9000 /b/a%3Fb"},
                  {"/break/a+b", "200 proxy 127.0.0.1:9000 /b/a+b"},
                  {"/break/a%2Bb", "200 proxy 127.0.0.1:9000 /b/a+b"},
                  {"/break/\303\251", "200 proxy 127.0.0.1:9000 /b/%C3%A9"},
                  {"/break/%C3%A9", "200 proxy 127.0.0.1:9000 /b/%C3%A9"},
                  {"/r/a%20b", "302 http://example.test/to/a%20b"},
                  {"/r/a%25b", "302 http://example.test/to/a%25b"},
                  {"/r/a%3Fb", "302 http://example.test/to/a?b"},
                  {"/r/a%26b", "302 http://example.test/to/a&b"},
                  {"/r/a+b", "302 http://example.test/to/a+b"},
                  {"/r/\303\251", "302 http://example.test/to/\303\251"},
                  {"/r/%C3%A9", "302 http://example.test/to/%C3%A9"},
                  {"/r/a%2Fb%3Bc", "302 http://example.test/to/a/b;c"},
                  {"/u/a%20b", "302 http://example.test/to/u/a b"},
                  {"/l/x", "302 http://example.test/to/A%20 b"},
                  {"/ln/x", "200 /shown/%41 b"}});
}

TEST_CASE("captures: those of the last match, none after a match that failed") {
    check_server(R"conf(
        location ~ ^/loc/(.)(.)$ { set $both $1$2; return 200 "$both $1 $2 [$3]"; }
        location ~ ^/kept/(.)$ { set $x "a"; return 200 $1; }
        location ~ ^/if/(.)$ { if ($args ~ ^q(.)) { return 200 "in $1"; } return 200 "out [$1]"; }
        location ~ ^/miss/(.)$ { rewrite ^/nothing/(.*) /x; return 200 "[$1]"; }
        location ~ ^/hit/(.)$ { rewrite ^/(h)it /shown; return 200 "[$1] $uri"; }
        location /named { rewrite ^/named/(?<who>.*)$ /shown/$who?w=$who last; }
        location /optional { rewrite ^/optional/(a)?(b)$ /shown/[$1$2] last; }
        location /before { set $y $1; return 200 "[$y]"; }
        location /shown { return 200 "$uri|$args|$who"; }
    )conf",
                 {{"/loc/xy", "200 xy x y []"},
                  {"/kept/z", "200 z"},
                  {"/if/a?q1", "200 in 1"},
                  {"/if/a?z", "200 out []"},
                  {"/miss/a", "200 []"},
                  {"/hit/a", "200 [h] /shown"},
                  {"/named/joe", "200 /shown/joe|w=joe|joe"},
                  {"/named/j%20oe", "200 /shown/j oe|w=j oe|j oe"},
                  {"/optional/b", "200 /shown/[b]||"},
                  {"/optional/ab", "200 /shown/[ab]||"},
                  {"/before", "200 []"}});
}

TEST_CASE("rewrites of the server come before any location") {
    check_server(R"conf(
        set $seen "";
        rewrite ^/old/(.*) /new/$1;
        rewrite ^/stop/(.*) /new/stop-$1 break;
        rewrite ^/go/(.*) /new/go-$1 last;
        rewrite ^/away/(.*) http://other.test/$1;
        rewrite ^/gone$ /gone2 permanent;
        rewrite ^/new/(.*) /newer/$1;
        if ($args = stop) { break; }
        if ($args = teapot) { return 418; }
        set $seen "seen";
        location /new/ { return 200 "new $uri $seen"; }
        location /newer/ { return 200 "newer $uri $seen"; }
        location /inner { rewrite ^/inner/(.*) /old/$1 last; }
        location /p/ { proxy_pass http://127.0.0.1:9000/base/; }
        rewrite ^/serverbreak/(.*) /p/$1 break;
    )conf",
                 {{"/old/x", "200 newer /newer/x seen"},
                  {"/stop/x", "200 new /new/stop-x "},
                  {"/go/x", "200 new /new/go-x "},
                  {"/away/x?q", "302 http://other.test/x?q"},
                  {"/gone", "301 http://example.test/gone2"},
                  {"/new/x", "200 newer /newer/x seen"},
                  {"/new/x?stop", "200 newer /newer/x "},
                  {"/other?teapot", "418 page"},
                  {"/inner/x", "404 page"},
                  {"/p/x", "200 proxy 127.0.0.1:9000 /base/x"},
                  {"/serverbreak/x?a", "200 proxy 127.0.0.1:9000 /p/x?a"},
                  {"/none", "404 page"}});
}

TEST_CASE("a rewrite with several turns") {
    check_server(R"conf(
        location /one { rewrite ^/one(.*) /two$1 last; }
        location /two { rewrite ^/two(.*) /three$1 last; }
        location /three { return 200 "$uri"; }
        location /loop { rewrite ^/loop(.*) /loop$1x last; return 200 "$uri"; }
        location /e { error_page 404 /e; return 404; }
        location /f { recursive_error_pages on; error_page 404 /f; return 404; }
        location /g { recursive_error_pages on; error_page 404 @h; return 404; }
        location @h { recursive_error_pages on; error_page 404 @h; return 404; }
        location /empty2 { rewrite ^/empty2(.*)$ "$1" last; }
        location /empty3 { error_page 500 /shown; rewrite ^/empty3(.*)$ $1 break; proxy_pass http://127.0.0.1:9000; }
        location /noslash { rewrite ^/noslash(.*)$ x$1 last; }
        location /shown { return 200 "$uri"; }
    )conf",
                 {{"/one/x", "200 /three/x"},
                  {"/loop", "500 page"},
                  {"/e", "404 page"},
                  {"/f", "500 page"},
                  {"/g", "500 page"},
                  {"/empty2", "500 page"},
                  {"/empty2/shown", "200 /shown"},
                  {"/empty3", "500 /shown"},
                  {"/noslash", "404 page"}});
}

TEST_CASE("ten turns are possible, eleven are not") {
    check_server(R"conf(
        location /n { rewrite ^/(n+)/x(.*)$ /$1n/$2 last; return 200 "$uri"; }
        location /m { rewrite ^/m(.)(.*)$ /m$2$1 last; return 200 "$uri"; }
    )conf",
                 {{"/n/", "200 /n/"},
                  {"/n/xxxxxxxx", "200 /nnnnnnnnn/"},
                  {"/n/xxxxxxxxx", "200 /nnnnnnnnnn/"},
                  {"/n/xxxxxxxxxx", "200 /nnnnnnnnnnn/"},
                  {"/n/xxxxxxxxxxx", "500 page"},
                  {"/n/xxxxxxxxxxxx", "500 page"},
                  {"/ma", "500 page"}});
}

TEST_CASE("return in all its forms") {
    check_server(R"conf(
        location /200 { return 200; }
        location /200t { return 200 "text"; }
        location /200e { return 200 ""; }
        location /204 { return 204; }
        location /301 { return 301 /x; }
        location /302 { return 302 /x; }
        location /303 { return 303 http://a.test/; }
        location /307 { return 307 /x?$args; }
        location /308 { return 308 $scheme://$host/y; }
        location /304 { return 304; }
        location /300 { return 300 text; }
        location /301n { return 301; }
        location /url { return http://a.test/x; }
        location /urls { return https://a.test$request_uri; }
        location /urlv { return $scheme://b.test$uri; }
        location /400 { return 400; }
        location /404t { return 404 "not there"; }
        location /404e { return 404 ""; }
        location /444 { return 444; }
        location /418 { return 418; }
        location /500 { return 500; }
        location /503t { return 503 "later\n"; }
        location /599 { return 599; }
        location /var { set $empty ""; return 403 $empty; }
        location /444t { return 444 text; }
        location /222 { return 222 own; }
        location /rel { return 302 other; }
        location /escaped { return 301 /p%20q; }
        location /uri { return 301 $uri; }
    )conf",
                 {{"/200", "200"},
                  {"/200t", "200 text"},
                  {"/200e", "200"},
                  {"/204", "204"},
                  {"/301", "301 http://example.test/x"},
                  {"/302?q", "302 http://example.test/x"},
                  {"/303", "303 http://a.test/"},
                  {"/307?a=b", "307 http://example.test/x?a=b"},
                  {"/308", "308 http://example.test/y"},
                  {"/304", "304"},
                  {"/300", "300 text"},
                  {"/301n", "301 page"},
                  {"/url", "302 http://a.test/x"},
                  {"/urls?a", "302 https://a.test/urls?a"},
                  {"/urlv", "302 http://b.test/urlv"},
                  {"/400", "400 page"},
                  {"/404t", "404 not there"},
                  {"/404e", "404 page"},
                  {"/444", "close"},
                  {"/418", "418 page"},
                  {"/500", "500 page"},
                  {"/503t", "503 later\n"},
                  {"/599", "599 page"},
                  {"/var", "403"},
                  {"/444t", "444 text"},
                  {"/222", "222 own"},
                  {"/rel", "302 other"},
                  {"/escaped", "301 http://example.test/p%20q"},
                  {"/uri/a%20b", "301 http://example.test/uri/a b"},
                  {"/uri/a%0D%0Ab", "301 http://example.test/uri/a%0D%0Ab"}  // not nginx, which sends two lines
});
}

TEST_CASE("set and break") {
    check_server(R"conf(
        set $a server;
        location /order { set $a one; set $b "$a two"; set $a three; return 200 "$a|$b"; }
        location /inherits { return 200 "$a"; }
        location /unset { return 200 "[$never]"; }
        location /break { set $a before; break; set $a after; proxy_pass http://127.0.0.1:9000/$a; }
        location /args { set $args "x=1&y=2"; return 200 "$args|$arg_y|$query_string"; }
        location /argsproxy { set $args "x=1"; proxy_pass http://127.0.0.1:9000; }
        location /escaped { set $x "a\"b"; set $y 'c$a'; return 200 "$x|$y|${a}s"; }
        location /never { set $never x; return 200 $never; }
        location /host { set $http_made_up "made up"; return 200 "$http_made_up"; }
        location /last { set $b kept; rewrite ^ /shows last; }
        location /shows { return 200 "$a|$b"; }
    )conf",
                 {{"/order", "200 three|one two"},
                  {"/inherits", "200 server"},
                  {"/unset", "200 []"},
                  {"/break", "200 proxy 127.0.0.1:9000 /before"},
                  {"/args?q", "200 x=1&y=2|2|x=1&y=2"},
                  {"/argsproxy?q", "200 proxy 127.0.0.1:9000 /argsproxy?x=1"},
                  {"/escaped", "200 a\"b|cserver|servers"},
                  {"/never", "200 x"},
                  {"/host +Made-Up:sent", "200 made up"},
                  {"/last", "200 server|kept"},
                  {"/shows", "200 server|"}});
}

TEST_CASE("captures in set and if stay escaped until a rewrite has matched") {
    check_server(R"conf(
        location ~ ^/set/(.*)$ { set $x $1; return 200 "$x|$1"; }
        location ~ ^/mixed/(.*)$ { set $x "<$1>$uri"; return 200 "$x"; }
        location ~ ^/cond/(.*)$ { if ($arg_v = $1) { return 200 "same"; } return 200 "differs"; }
        location ~ ^/file/(.*)$ { if (-f /etc/$1) { return 200 yes; } return 200 no; }
        location ~ ^/after/(.*)$ { rewrite ^/after/(.*)$ /u/$1; set $x $1; return 200 "$x"; }
        location ~ ^/args/(.*)$ { rewrite ^/args/(.*)$ /u?a=$1; set $x $1; return 200 "$x"; }
        location ~ ^/none/(.*)$ { rewrite ^/nothing/(.*)$ /u/$1; set $x "[$1]"; return 200 "$x"; }
        location ~ ^/if/(.*)$ { if ($uri ~ ^/if/(.*)$) { set $x $1; } return 200 "$x"; }
        location ~ ^/twice/(.*)$ { rewrite ^/twice/(.*)$ /u/$1; rewrite ^/u/(.*)$ /w?b=$1; rewrite ^/(w)$ /z; set $x "$1"; return 200 "$x|$args"; }
        location ~ ^/named/(?<n>.*)$ { set $x $n; return 200 "$x"; }
        location ~ ^/plus/(.*)$ { set $x $1; return 200 "$x"; }
    )conf",
                 {{"/set/a%20b%26", "200 a%20b%26|a b&"},
                  {"/set/\303\251", "200 \303\251|\303\251"},
                  {"/mixed/a%20b", "200 <a%20b>/mixed/a b"},
                  {"/cond/a%20b?v=a%20b", "200 same"},
                  {"/cond/a%20b?v=a", "200 differs"},
                  {"/file/pass%77d", "200 yes"},
                  {"/after/a%20b", "200 a b"},
                  {"/args/a%20b", "200 a b"},
                  {"/none/a%20b", "200 []"},
                  {"/if/a%20b", "200 a%20b"},
                  {"/twice/a%20b", "200 w|b=a%20b"},
                  {"/named/a%20b", "200 a b"},
                  {"/plus/a+b", "200 a%2Bb"}});
}
