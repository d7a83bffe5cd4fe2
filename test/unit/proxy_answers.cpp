// What becomes of a peer's fields: proxy_redirect, cookies, X-Accel-*, lines that repeat.
#include <cstring>

#include "proxy/cookie.hpp"
#include "proxy/directions.hpp"
#include "proxy/pace.hpp"
#include "proxy/replace.hpp"
#include "route/uri.hpp"
#include "support/decide.hpp"

using namespace sluice;
using http::FieldId;

namespace {

/// The fields of an answer as a client of the location "/x/" gets them, one a line.
std::string answered(const std::string& location, std::vector<std::pair<const char*, const char*>> told) {
    const auto snapshot = test::compile_text("events {}\nhttp { upstream back { server 127.0.0.1:1; } server { listen 80; location /x/ {\n" + location + "\n} } }\n");
    INFO(test::said(*snapshot));
    REQUIRE(snapshot->conf.ok());
    test::Decider decider(snapshot);
    std::string out;
    decider.ask(test::Asked("/x/y?a=b%0D%0Ac front.test +X-Name:back"), [&](route::Scope& scope, const route::Decision&) {
        http::Fields fields;
        for (const auto& [name, value] : told) fields.push_back({name, value, http::field_id(name)});
        proxy::replace_fields(scope, fields);
        for (const auto& f : fields) (((out += f.name) += ": ") += f.value) += '\n';
    });
    return out;
}

struct Row {
    const char* conf;
    const char* value;
    const char* out;
};

void check(const char* name, const std::vector<Row>& rows) {
    for (const auto& row : rows) {
        INFO(row.conf << " " << row.value);
        CHECK(answered(row.conf, {{name, row.value}}) == std::string(name) + ": " + row.out + "\n");
    }
}

}  // namespace

TEST_CASE("proxy_redirect: Location") {
    const char* const by_default = "proxy_pass http://back/base/;";
    const char* const rules =
        "proxy_pass http://back; proxy_redirect http://a/ http://f/; proxy_redirect ~*^HTTP://(?<h>[a-z]+)/x/(.*)$ /$h/$2; proxy_redirect http://$http_x_name/ $scheme://$host/;";
    check("Location", {
                          {by_default, "http://back/base/z", "http://front.test/x/z"},
                          {by_default, "http://back/base", "http://back/base"},
                          {by_default, "/base/z", "/base/z"},
                          {by_default, "HTTP://back/base/z", "HTTP://back/base/z"},
                          {"proxy_pass http://back;", "http://back/z", "http://front.test/z"},
                          {"proxy_pass http://back/base/; proxy_redirect off;", "http://back/base/z", "http://back/base/z"},
                          {"set $b back; proxy_pass http://$b;", "http://back/z", "http://back/z"},
                          {"absolute_redirect off; proxy_pass http://back/;", "http://back/z", "/x/z"},
                          {rules, "http://a/z", "http://f/z"},
                          {rules, "http://joe/x/1", "http://front.test/joe/1"},
                          {rules, "http://back/z", "http://front.test/z"},
                          {rules, "http://other/z", "http://other/z"},
                          {"proxy_pass http://back; proxy_redirect http://a/ /$arg_a/;", "http://a/", "http://front.test/b%0D%0Ac/"},
                      });
}

TEST_CASE("proxy_redirect: Refresh") {
    const char* const conf = "proxy_pass http://back; proxy_redirect http://a/ /b/; proxy_redirect ~^http://c/(.*) $1;";
    check("Refresh", {
                         {conf, "5; url=http://a/z", "5; url=/b/z"},
                         {conf, "5;URL=http://a/", "5;URL=/b/"},
                         {conf, "5; url=http://c/z", "5; url=z"},
                         {conf, "http://a/z", "http://a/z"},
                         {conf, "5", "5"},
                         {conf, "url=", "url="},
                     });
}

TEST_CASE("proxy_cookie_domain, proxy_cookie_path and proxy_cookie_flags") {
    const char* const rules =
        "proxy_pass http://back; proxy_cookie_domain b.test $host; proxy_cookie_domain ~\\.([a-z]+)\\.re$ $1.f; proxy_cookie_path /app/ /; proxy_cookie_path ~*^/U/(.*) /u/$1;";
    check("Set-Cookie", {
                            {rules, "a=b; Domain=B.test; Path=/app/x", "a=b; Domain=front.test; Path=/x"},
                            {rules, "a=b;domain=.b.test", "a=b; domain=.front.test"},
                            {rules, "a=b;  domain = x.y.re ;Secure", "a=b; domain=y.f; Secure"},
                            {rules, "a=b;path=/u/1", "a=b; path=/u/1"},
                            {rules, "a=b;path=/other", "a=b;path=/other"},
                            {rules, "a;domain=b.test", "a;domain=b.test"},
                            {rules, "a=;domain=b.test", "a=; domain=front.test"},
                            {rules, "", ""},
                        });
    const char* const flags =
        "proxy_pass http://back; proxy_cookie_flags s secure httponly samesite=strict; proxy_cookie_flags n nosecure nohttponly nosamesite; proxy_cookie_flags ~^r $http_x_name secure;";
    check("Set-Cookie", {
                            {flags, "S=1", "S=1; Secure; HttpOnly; SameSite=Strict"},
                            {flags, "s=1; secure; samesite=Lax; path=/", "s=1; secure; SameSite=Strict; path=/; HttpOnly"},
                            {flags, "n=1; Secure; HttpOnly; SameSite=Lax; x", "n=1; x"},
                            {flags, "r2=1", "r2=1; Secure"},
                            {flags, "other=1;  x", "other=1;  x"},
                        });
}

TEST_CASE("every Set-Cookie is looked at") {
    CHECK(answered("proxy_pass http://back; proxy_cookie_path /a /b;", {{"Set-Cookie", "x=1; path=/a"}, {"X-Other", "path=/a"}, {"Set-Cookie", "y=1; path=/a"}}) ==
          "Set-Cookie: x=1; path=/b\nX-Other: path=/a\nSet-Cookie: y=1; path=/b\n");
}

TEST_CASE("rules of redirects and cookies that are wrong") {
    for (const char* line : {"proxy_redirect off; proxy_redirect a b;", "proxy_redirect a b; proxy_redirect off;", "proxy_redirect maybe;", "proxy_redirect ~( b;",
                             "proxy_cookie_path off; proxy_cookie_path a b;", "proxy_cookie_domain a b; proxy_cookie_domain off;", "proxy_cookie_flags a;",
                             "proxy_cookie_domain ~( b;", "proxy_bind here;", "proxy_bind 127.0.0.1:0;", "proxy_bind 127.0.0.1 opaque;"}) {
        INFO(line);
        CHECK_FALSE(test::compile_text(std::string("events {}\nhttp { server { location / { proxy_pass http://127.0.0.1:1/;\n") + line + "\n} } }")->conf.ok());
    }
    CHECK_FALSE(test::compile_text("events {}\nhttp { proxy_redirect default; }")->conf.ok());
    CHECK_FALSE(test::compile_text("events {}\nhttp { server { location / { set $b a; proxy_pass http://$b/; proxy_redirect default; } } }")->conf.ok());
}

TEST_CASE("X-Accel-*: what a peer tells us") {
    const auto read = [](std::vector<std::pair<const char*, const char*>> told, std::uint32_t ignored = 0) {
        http::Fields fields;
        for (const auto& [name, value] : told) fields.push_back({name, value, http::field_id(name)});
        return proxy::read_directions(fields, ignored);
    };
    CHECK_FALSE(read({{"X-Other", "1"}}).redirect);
    CHECK(read({{"X-Accel-Redirect", "/a"}, {"x-accel-redirect", "/b"}}).redirect == "/a");
    CHECK(read({{"X-Accel-Redirect", ""}}).redirect == "");
    CHECK_FALSE(read({{"X-Accel-Redirect", "/a"}}, route::ignored::accel_redirect).redirect);
    CHECK(read({{"X-Accel-Limit-Rate", "1024"}}).limit_rate == 1024u);
    CHECK_FALSE(read({{"X-Accel-Limit-Rate", "off"}}).limit_rate);
    CHECK_FALSE(read({{"X-Accel-Limit-Rate", "1024"}}, route::ignored::accel_limit_rate).limit_rate);
    CHECK(read({{"X-Accel-Buffering", "No"}}).buffering == false);
    CHECK(read({{"X-Accel-Buffering", "yes"}}).buffering == true);
    CHECK_FALSE(read({{"X-Accel-Buffering", "off"}}).buffering);
    CHECK(read({{"X-Accel-Charset", "utf-8"}}).charset == "utf-8");
    CHECK(read({{"X-Accel-Charset", "utf-8"}}, route::ignored::accel_charset).charset.empty());
}

TEST_CASE("fields that can be there once only: the first counts") {
    http::Fields fields;
    for (const auto& [name, value] : std::vector<std::pair<const char*, const char*>>{
             {"Expires", "1"}, {"Set-Cookie", "a"}, {"Location", "/1"}, {"Expires", "2"}, {"Set-Cookie", "b"}, {"X-A", "1"}, {"X-A", "2"}, {"location", "/2"}, {"Vary", "a"}, {"Vary", "b"}})
        fields.push_back({name, value, http::field_id(name)});
    proxy::drop_repeated(fields);
    std::string out;
    for (const auto& f : fields) (out += f.value) += ' ';
    CHECK(out == "1 a /1 b 1 2 a b ");
}

TEST_CASE("URIs that a peer sends the exchange to") {
    struct Uri {
        std::string text, path, args;
        bool safe;
    };
    using namespace std::string_literals;
    for (const Uri& uri : std::vector<Uri>{
             {"/a", "/a", "", true},        {"/a?b=%41", "/a", "b=%41", true}, {"/a%20b", "/a b", "", true}, {"/a%3Fb?c", "/a?b", "c", true}, {"a", "a", "", true},
             {"/..a/b..", "/..a/b..", "", true}, {"/a?/../b", "/a", "/../b", true}, {"", "", "", false},       {"?a", "", "", false},           {"..", "", "", false},
             {"../a", "", "", false},       {"/../a", "", "", false},          {"/a/..", "", "", false},     {"/a/../b", "", "", false},      {"/%2e%2e/a", "", "", false},
             {"/a%2f..", "", "", false},    {"/a%00b", "", "", false},         {"/a\0b"s, "", "", false}}) {
        INFO(uri.text);
        std::string storage;
        const auto read = route::read_inner_uri(uri.text, storage);
        CHECK(read.safe == uri.safe);
        if (!uri.safe) continue;
        CHECK(read.path == uri.path);
        CHECK(read.args == uri.args);
    }
}

TEST_CASE("proxy_limit_rate: what may be read by when") {
    using namespace std::chrono_literals;
    const core::Instant start{};
    const proxy::Pace pace(1000, start);
    CHECK(pace.room(start, 0) == 1000);
    CHECK(pace.room(start, 400) == 600);
    CHECK(pace.room(start, 1000) == 0);
    CHECK(pace.wait(start, 1000) == 1s);
    CHECK(pace.room(start + 1s, 1000) == 1000);
    CHECK(pace.room(start + 1s, 5500) == 0);
    CHECK(pace.wait(start + 1s, 5500) == 4s);
    CHECK(pace.wait(start + 9s, 1000) > 0s);
    CHECK(proxy::Pace(0, start).room(start, 1 << 30) == SIZE_MAX);
    CHECK(proxy::Pace(SIZE_MAX / 2, start).room(start + 10s, 1 << 30) == SIZE_MAX);
}
