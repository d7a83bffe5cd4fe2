// Which server answers, through whole confs. The answers are those of nginx 1.22.
#include "support/decide.hpp"

using namespace sluice::test;

TEST_CASE("the server is found by host, then the default of the listener") {
    check_rows(R"conf(
        server { listen 80; server_name first.test; return 200 first; }
        server { listen 80; server_name exact.test www.exact.test; return 200 exact; }
        server { listen 80; server_name *.wild.test; return 200 leading; }
        server { listen 80; server_name mail.*; return 200 trailing; }
        server { listen 80; server_name .both.test; return 200 both; }
        server { listen 80; server_name ~^(?<who>[a-z]+)\.re\.test$; return 200 regex-$who; }
        server { listen 80; server_name ~^r2\.re\.test$; return 200 regex-2; }
        server { listen 80; server_name a.deep.wild.test; return 200 deep; }
        server { listen 80; server_name *.deep.wild.test; return 200 deep-wild; }
    )conf",
               {{"/ exact.test", "200 exact"},
                {"/ EXACT.Test", "200 exact"},
                {"/ www.exact.test:8080", "200 exact"},
                {"/ exact.test.", "200 exact"},
                {"/ nobody.test", "200 first"},
                {"/ a.wild.test", "200 leading"},
                {"/ a.b.wild.test", "200 leading"},
                {"/ wild.test", "200 first"},
                {"/ a.deep.wild.test", "200 deep"},
                {"/ b.deep.wild.test", "200 deep-wild"},
                {"/ deep.wild.test", "200 leading"},
                {"/ mail.anything", "200 trailing"},
                {"/ mail.a.b", "200 trailing"},
                {"/ mail", "200 first"},
                {"/ mail.wild.test", "200 leading"},
                {"/ both.test", "200 both"},
                {"/ x.both.test", "200 both"},
                {"/ joe.re.test", "200 regex-joe"},
                {"/ JOE.re.test", "200 regex-joe"},
                {"/ r2.re.test", "200 regex-2"},
                {"/ -", "200 first"},
                {"http://exact.test/ first.test", "200 exact"},
                {"http://a.wild.test first.test", "200 leading"}});
}

TEST_CASE("the first server is the default, unless one is named so, for each listener of its own") {
    check_rows(R"conf(
        server { listen 80; listen 8080; server_name a; return 200 a; }
        server { listen 80 default_server; server_name b; return 200 b; }
        server { listen 8080; listen 8081; server_name c ""; return 200 c; }
        server { listen 8081; server_name a; return 200 second-a; }
    )conf",
               {{"/ x", "200 b"},
                {"/ a", "200 a"},
                {"/ c", "200 b"},
                {"/ x @8080", "200 a"},
                {"/ b @8080", "200 a"},
                {"/ c @8080", "200 c"},
                {"/ a @8080", "200 a"},
                {"/ - @8080", "200 c"},
                {"/ -", "200 b"},
                {"/ a @8081", "200 second-a"},
                {"/ b @8081", "200 c"},
                {"/ - @8081", "200 c"}});
}

TEST_CASE("$host and $server_name") {
    check_rows(R"conf(
        server { listen 80; server_name Main.test alias.test; return 200 "$host|$server_name|$http_host"; }
        server { listen 80; server_name .dot.test; return 200 "$host|$server_name"; }
        server { listen 80; server_name *.star.test; return 200 "$host|$server_name"; }
        server { listen 80; server_name ~^(www\.)?(?<domain>.+)\.rx$; return 200 "$host|$server_name|$domain|$1"; }
        server { listen 8080; return 200 "$host|$server_name|$server_port"; }
    )conf",
               {{"/ MAIN.test:80", "200 main.test|main.test|MAIN.test:80"},
                {"/ alias.test", "200 alias.test|main.test|alias.test"},
                {"/ other.test:8080", "200 other.test|main.test|other.test:8080"},
                {"/ -", "200 main.test|main.test|"},
                {"/ x.dot.test", "200 x.dot.test|dot.test"},
                {"/ x.star.test", "200 x.star.test|*.star.test"},
                {"/ www.shop.rx", "200 www.shop.rx|~^(www\\.)?(?<domain>.+)\\.rx$|shop|www."},
                {"/ shop.rx", "200 shop.rx|~^(www\\.)?(?<domain>.+)\\.rx$|shop|"},
                {"/ x @8080", "200 x||8080"},
                {"/ - @8080", "200 ||8080"},
                {"http://Main.test:81/ other.test", "200 main.test|main.test|other.test"}});
}

TEST_CASE("regular expressions of names come after all wildcards, in their order") {
    check_rows(R"conf(
        server { listen 80; server_name none; return 200 default; }
        server { listen 80; server_name ~test$; return 200 first-regex; }
        server { listen 80; server_name ~^a; return 200 second-regex; }
        server { listen 80; server_name a.*; return 200 trailing; }
        server { listen 80; server_name *.test; return 200 leading; }
        server { listen 80; server_name a.b.test; return 200 exact; }
    )conf",
               {{"/ a.b.test", "200 exact"},
                {"/ a.c.test", "200 leading"},
                {"/ a.c", "200 trailing"},
                {"/ ab.c", "200 second-regex"},
                {"/ xtest", "200 first-regex"},
                {"/ c.d", "200 default"}});
}
