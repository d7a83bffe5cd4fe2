// Variables through whole confs: map, geo, split_clients, groups of regexes. The answers are those of nginx 1.22.
#include "support/decide.hpp"

using namespace sluice::test;

TEST_CASE("map") {
    check_rows(R"conf(
        map $arg_k $exact { default other; a first; "b c" quoted; "" empty; 0 zero; }
        map $http_host $site { hostnames; default none; .wild.test wild; mail.* mail; exact.test exact; ~^re(?<n>\d+)\.test$ "re$n"; }
        map $uri $by_regex { ~^/map/(?<rest>.*)\.php$ "php:$rest"; ~*^/MAP/(.*)\.html$ "html:$1"; default $uri; }
        map $arg_k $chained { a $exact; default "[$exact]"; }
        map $arg_k$arg_l $joined { ab yes; default no; }
        map $request_method $nodefault { POST post; }
        map $arg_k $volatile { volatile; default "v$args"; }
        map $arg_k $cached { default "c$args"; }
        map $arg_k $case { Abc found; default none; }
        server {
            listen 80;
            location /exact { return 200 "$exact"; }
            location /host { return 200 "$site"; }
            location /map { return 200 "$by_regex"; }
            location /chained { return 200 "$chained"; }
            location /joined { return 200 "$joined"; }
            location /nodefault { return 200 "[$nodefault]"; }
            location /volatile { set $x "$volatile|$cached"; set $args "other"; return 200 "$x|$volatile|$cached"; }
            location /case { return 200 "$case"; }
            location /if { if ($exact = first) { return 200 yes; } return 200 no; }
        }
    )conf",
               {{"/exact", "200 empty"},
                {"/exact?k=a", "200 first"},
                {"/exact?k=A", "200 first"},
                {"/exact?k=b%20c", "200 other"},
                {"/exact?k=0", "200 zero"},
                {"/exact?k=zz", "200 other"},
                {"/host x.wild.test", "200 wild"},
                {"/host wild.test", "200 wild"},
                {"/host WILD.test", "200 wild"},
                {"/host mail.a", "200 mail"},
                {"/host exact.test", "200 exact"},
                {"/host re12.test", "200 re12"},
                {"/host other.test", "200 none"},
                {"/map/a/b.php", "200 php:a/b"},
                {"/map/c.html", "200 html:c"},
                {"/map/d", "200 /map/d"},
                {"/chained?k=a", "200 first"},
                {"/chained?k=q", "200 [other]"},
                {"/joined?k=a&l=b", "200 yes"},
                {"/joined?k=a", "200 no"},
                {"POST /nodefault", "200 [post]"},
                {"/nodefault", "200 []"},
                {"/volatile?k=1", "200 vk=1|ck=1|vother|ck=1"},
                {"/case?k=abc", "200 found"},
                {"/case?k=Abc", "200 found"},
                {"/if?k=a", "200 yes"}});
}

TEST_CASE("geo and split_clients") {
    check_rows(R"conf(
        geo $near { default far; 127.0.0.0/8 local; 127.0.0.1 here; 10.0.0.0/8 private; }
        geo $arg_ip $by_arg { default none; 10.0.0.0/8 ten; 10.1.0.0/16 ten-one; 192.168.1.1 one; 2001:db8::/32 six; }
        geo $arg_ip $ranged { ranges; default none; 10.0.0.0-10.0.0.255 low; 10.0.1.0-10.0.1.5 mid; }
        split_clients "${arg_k}salt" $bucket { 50% a; 25% b; * c; }
        server { listen 80;
            location /geo { return 200 "$near|$by_arg|$ranged"; }
            location /split { return 200 "$bucket"; }
        }
    )conf",
               {{"/geo", "200 here|none|none"},
                {"/geo?ip=10.2.3.4", "200 here|ten|none"},
                {"/geo?ip=10.1.3.4", "200 here|ten-one|none"},
                {"/geo?ip=192.168.1.1", "200 here|one|none"},
                {"/geo?ip=2001:db8::5", "200 here|six|none"},
                {"/geo?ip=10.0.1.5", "200 here|ten|mid"},
                {"/geo?ip=10.0.1.6", "200 here|ten|none"},
                {"/geo?ip=junk", "200 here|none|none"},
                {"/split?k=1", "200 a"},
                {"/split?k=2", "200 c"},
                {"/split?k=3", "200 b"},
                {"/split?k=4", "200 a"},
                {"/split?k=5", "200 b"},
                {"/split?k=6", "200 c"}});
}

TEST_CASE("what the request says of itself") {
    check_rows(R"conf(
        server { listen 80; listen 8080; server_name n.test;
            location /request { return 200 "$request_method|$request|$server_protocol|$scheme"; }
            location /args { return 200 "$arg_a|$arg_A|$arg_b|$arg_none|$is_args|$query_string"; }
            location /headers { return 200 "$http_x_one|$http_X_One|$http_none|$content_type|$content_length|$http_user_agent"; }
            location /cookies { return 200 "$cookie_a|$cookie_b|$cookie_A|$cookie_none|$http_cookie"; }
            location /addresses { return 200 "$remote_addr|$server_addr|$server_port|$binary_remote_addr"; }
            location /uri { return 200 "$uri|$document_uri|$request_uri|$args"; }
            location /user { return 200 "[$remote_user]"; }
            location /host { return 200 "$host|$http_host"; }
            location /braces { return 200 "${host}x$host-${args}"; }
            location /empty { return 200 "$arg_a$arg_b"; }
        }
    )conf",
               {{"POST /request?a=b", "200 POST|POST /request?a=b HTTP/1.1|HTTP/1.1|http"},
                {"/request -", "200 GET|GET /request HTTP/1.0|HTTP/1.0|http"},
                {"/args?a=1&b=2", "200 1|1|2||?|a=1&b=2"},
                {"/args?A=1&a=2", "200 1|1|||?|A=1&a=2"},
                {"/args?b=x%20y&a", "200 ||x%20y||?|b=x%20y&a"},
                {"/args?aa=1&a=&b=", "200 ||||?|aa=1&a=&b="},
                {"/args?", "200 |||||"},
                {"/headers +X-One:1 +Content-Type:t/x", "200 1|1||t/x||"},
                {"/headers +x-one:1 +X-ONE:2", "200 1, 2|1, 2||||"},  // not nginx 1.22, but 1.23
                {"/cookies +Cookie:a=1;b=2", "200 1|2|1||a=1;b=2"},
                {"/cookies +Cookie:aa=1;a=2", "200 2||2||aa=1;a=2"},
                {"/cookies +Cookie:a=1 +Cookie:b=2", "200 1|2|1||a=1; b=2"},
                {"/uri/a%20b//c?d", "200 /uri/a b/c|/uri/a b/c|/uri/a%20b//c?d|d"},
                {"/user +Authorization:Basic_x", "200 []"},
                {"/host A.test:80", "200 a.test|A.test:80"},
                {"/host - @8080", "200 n.test|"},
                {"/braces?q", "200 example.testxexample.test-q"},
                {"/empty", "200"}});
}

TEST_CASE("groups of regexes become variables") {
    check_rows(R"conf(
        server { listen 80; server_name ~^(?<sub>\w+)\.(?P<domain>\w+)\.test$;
            location ~ ^/(?<area>[^/]+)/(?<id>\d+)$ { return 200 "$sub|$domain|$area|$id|$1|$2"; }
            location ~ ^/in/ { location ~ (?<last>[^/]+)$ { return 200 "$sub $last $1"; } }
            location /rw { rewrite ^/rw/(?<rest>.*)$ /to/$rest last; }
            location /to { return 200 "$uri|$rest|$area"; }
            location /if { if ($args ~ (?<pair>k=(\w+))) { return 200 "$pair|$1|$2"; } return 200 "[$pair]"; }
        }
    )conf",
               {{"/shop/12 a.b.test", "200 a|b|shop|12|shop|12"},
                {"/in/x/y a.b.test", "200 a y y"},
                {"/rw/z a.b.test", "200 /to/z|z|"},
                {"/if?k=v a.b.test", "200 k=v|k=v|v"},
                {"/if?none a.b.test", "200 []"},
                {"/shop/12 other", "200 ||shop|12|shop|12"}});
}
