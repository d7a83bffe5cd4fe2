// root, alias, index, try_files: which file answers.
#include "support/catch.hpp"
#include "support/decide.hpp"
#include "support/temporary.hpp"

using namespace sluice::test;

namespace {

struct Site : Temporary {
    Site() {
        for (const char* folder : {"www/dir", "www/empty", "www/a b", "files/sub", "www/both"})
            std::filesystem::create_directories(*this / folder);
        for (const char* file : {"www/index.html", "www/a.txt", "www/dir/index.html", "www/dir/second.htm", "files/f",
                                 "files/sub/index.html", "www/page.html", "secret", "www/both/index.htm", "www/a b/c"})
            write_text(*this / file, file);
        std::filesystem::create_symlink("a.txt", *this / "www/link");
    }
    std::string fill(std::string text) const {
        for (auto at = text.find("@"); at != text.npos; at = text.find("@", at))
            if (text.compare(at, 3, "@R@") == 0)
                text.replace(at, 3, path());
            else
                ++at;
        return text;
    }
    void check(const std::string& server, const std::vector<std::pair<std::string, std::string>>& rows) const {
        const auto snapshot = compile_text("events {}\nhttp {\nserver {\nlisten 80;\n" + fill(server) + "\n}\n}\n");
        INFO(said(*snapshot));
        REQUIRE(snapshot->conf.ok());
        Decider decider(snapshot);
        for (const auto& [request, expected] : rows) {
            INFO(request);
            CHECK(decider.answer(request) == fill(expected));
        }
    }
};

}  // namespace

TEST_CASE("root: the URI behind it, inherited, replaced, with variables") {
    const Site site;
    site.check(
        "root @R@/www/;"
        "location / { } location /sub/ { root @R@/files; } location /v/ { root @R@/$arg_r; rewrite ^/v(.*)$ $1 break; "
        "} location /no/ { root @R@/nothing; }",
        {
            {"/a.txt", "200 file @R@/www/a.txt"},
            {"/a.txt?x", "200 file @R@/www/a.txt"},
            {"HEAD /a.txt", "200 file @R@/www/a.txt"},
            {"/a%20b/c", "200 file @R@/www/a b/c"},
            {"/none", "404 page"},
            {"/a.txt/x", "404 page"},
            {"/a.txt/", "404 page"},
            {"/dir", "301 http://example.test/dir/"},
            {"/dir?x=1", "301 http://example.test/dir/?x=1"},
            {"/a%20b", "301 http://example.test/a%20b/"},
            {"POST /a.txt", "405 page"},
            {"PUT /a.txt", "405 page"},
            {"DELETE /none", "405 page"},
            {"POST /none", "404 page"},
            {"POST /dir", "301 http://example.test/dir/"},
            {"/sub/", "200 file @R@/files/sub/index.html"},
            {"/v/a.txt?r=www", "200 file @R@/www/a.txt"},
            {"/v/f?r=files/", "200 file @R@/files//f"},
            {"/v/secret?r=www/..", "403 page"},
            {"/v/secret?r=..", "403 page"},
            {"/no/x", "404 page"},
            {"/no/", "404 page"},
        });
}

TEST_CASE("alias: in place of the location's text; the whole path in a regex; inherited") {
    const Site site;
    site.check(R"(root @R@/www;
        location /f/ { alias @R@/files/; location ~ ^/f/(inner)$ { } location /f/nested/ { } }
        location /glued { alias @R@/files/; }
        location ~ ^/re/(.*)$ { alias @R@/files/$1; }
        location ~ ^/bad(.*)$ { alias @R@/files/$1; }
        location /moved/ { alias @R@/files/; rewrite ^/moved/(.*)$ /x/$1 break; }
        location = /one { alias @R@/www/a.txt; })",
               {
                   {"/f/f", "200 file @R@/files/f"},
                   {"/f/", "403 page"},
                   {"/f/sub/", "200 file @R@/files/sub/index.html"},
                   {"/f/sub", "301 http://example.test/f/sub/"},
                   {"/f/nested/f", "404 page"},
                   {"/re/f", "200 file @R@/files/f"},
                   {"/re/sub", "301 http://example.test/re/sub/"},
                   {"/re/none", "404 page"},
                   {"/glued/f", "200 file @R@/files//f"},
                   {"/glued../secret", "403 page"},
                   {"/bad../secret", "403 page"},
                   {"/moved/f", "500 page"},
                   {"/one", "200 file @R@/www/a.txt"},
               });
}

TEST_CASE("index: the first that is there, an absolute one, variables, none") {
    const Site site;
    site.check(R"(root @R@/www;
        location / { index none.html second.htm index.html /page.html; }
        location /empty/ { index a b; }
        location /v/ { root @R@/www; index $arg_i; rewrite ^/v(/.*)$ $1 break; }
        location = /dir/index.html { return 200 "found $uri $args"; }
        location /both/ { index $arg_none index.htm; })",
               {
                   {"/dir/?a=1", "200 file @R@/www/dir/second.htm"},
                   {"/", "200 file @R@/www/index.html"},
                   {"/a%20b/", "200 file @R@/www/page.html"},
                   {"/none/", "404 page"},
                   {"/empty/", "403 page"},
                   {"/v/dir/?i=index.html", "200 found /dir/index.html i=index.html"},
                   {"/v/dir/?i=/page.html", "200 file @R@/www/page.html"},
                   {"/v/dir/?i=../../secret", "403 page"},
                   {"POST /dir/", "405 page"},
                   {"PUT /dir/", "405 page"},
                   {"/a.txt/", "404 page"},
               });
}

TEST_CASE("try_files: file, folder, status, named, URI; not inherited; before any content") {
    const Site site;
    site.check(R"(root @R@/www;
        location / { try_files $uri $uri.html $uri/ =404; }
        location /status/ { try_files /none =418; }
        location /named/ { try_files $uri @back; }
        location @back { return 200 "back $uri"; }
        location /uri/ { try_files $uri /target?u=$uri; location /uri/in/ { } }
        location /target { return 200 "target $args"; }
        location /proxy/ { try_files /page.html =404; proxy_pass http://127.0.0.1:9; }
        location /arg/ { try_files /$arg_f =404; }
        location /fixed/ { try_files /../secret =404; }
        location /cycle/ { try_files /none /cycle/x; }
        location /named-none/ { try_files /none @nowhere; }
        location /if/ { try_files /none =418; if ($arg_i) { add_header X y; } }
        location /al/ { alias @R@/files/; try_files $uri /sub/index.html =404; }
        location /al2/ { alias @R@/files/; try_files sub/index.html =404; }
        location /al3/ { alias @R@/files/; try_files $uri/ =404; }
        location ~ ^/re/(.*)$ { alias @R@/files/; try_files $1 $1/ =404; })",
               {
                   {"/a.txt", "200 file @R@/www/a.txt"},
                   {"/page", "200 file @R@/www/page.html"},
                   {"/dir", "301 http://example.test/dir/"},
                   {"/dir/", "200 file @R@/www/dir/index.html"},
                   {"/none", "404 page"},
                   {"/status/", "418 page"},
                   {"/named/x", "200 back /named/x"},
                   {"/uri/x", "200 target u=/uri/x"},
                   {"/uri/in/x", "404 page"},
                   {"/proxy/x", "200 proxy 127.0.0.1:9 /proxy/x"},
                   {"/arg/?f=a.txt", "200 file @R@/www/a.txt"},
                   {"/arg/?f=../secret", "404 page"},
                   {"/arg/?f=dir/../../secret", "404 page"},
                   {"/arg/?f=dir/../a.txt", "200 file @R@/www/dir/../a.txt"},
                   {"/cycle/x", "500 page"},
                   {"/named-none/", "500 page"},
                   {"/if/x", "418 page"},
                   {"/if/x?i=1", "404 page"},
                   {"/al/f", "200 file @R@/files/f"},
                   {"/al/none", "200 file @R@/files//sub/index.html"},
                   {"/al2/x", "200 file @R@/files/sub/index.html"},
                   {"/al3/sub", "301 http://example.test/al3/sub/"},
                   {"/re/f", "200 file @R@/files/f"},
                   {"/re/none", "404 page"},
               });
}

TEST_CASE("error pages from files keep the status; lines of the log are nginx's") {
    const Site site;
    const auto snapshot = compile_text(site.fill(
        "events {}\nhttp {\nserver {\nlisten 80;\nroot @R@/www; error_page 404 /page.html; error_page 403 =200 /a.txt;"
        "location /empty/ { } location /links/ { disable_symlinks on; alias @R@/www/; } }\n}\n"));
    INFO(said(*snapshot));
    REQUIRE(snapshot->conf.ok());
    Decider decider(snapshot);
    CHECK(decider.answer("/none") == site.fill("404 file @R@/www/page.html"));
    CHECK(decider.answer("POST /none") == site.fill("404 file @R@/www/page.html"));
    CHECK(decider.log() == site.fill("open() \"@R@/www/none\" failed (2: No such file or directory)"));
    CHECK(decider.answer("/empty/") == site.fill("200 file @R@/www/a.txt"));
    CHECK(decider.log() == site.fill("directory index of \"@R@/www/empty/\" is forbidden"));
    CHECK(decider.answer("/links/link") == site.fill("200 file @R@/www/a.txt"));
    CHECK(decider.log() == site.fill("openat() \"@R@/www/link\" failed (40: Too many levels of symbolic links)"));
    CHECK(decider.answer("/no/") == site.fill("404 file @R@/www/page.html"));
    CHECK(decider.log() == site.fill("\"@R@/www/no/index.html\" is not found (2: No such file or directory)"));
}
