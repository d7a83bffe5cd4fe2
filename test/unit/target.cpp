#include "http/target.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace sluice::http;

namespace {

Target parse(std::string_view target, Method method = Method::get,
             const std::vector<const char*>& hosts = {"example.com"}, int minor = 1) {
    RequestHead head;
    head.method = method;
    head.target = target;
    head.minor = minor;
    for (const char* host : hosts) head.fields.push_back({"Host", host, FieldId::host});
    return parse_target(head);
}

}  // namespace

TEST_CASE("an origin form is passed on as it came") {
    const Target target = parse("/a//b/../%2e?x=1?y");
    CHECK(target.error == nullptr);
    CHECK(target.form == TargetForm::origin);
    CHECK(target.host == "example.com");
    CHECK(target.path == "/a//b/../%2e?x=1?y");
    CHECK(target.query == "x=1?y");
    CHECK(parse("/").query.empty());
    CHECK(parse("/?").query.empty());
    CHECK(parse("//host/x").path == "//host/x");
    CHECK(parse("/\xc3\xa9|<>\"{}\\^`").error == nullptr);
}

TEST_CASE("an absolute form's host wins over Host, which must be good all the same") {
    const Target target = parse("http://other:81/a?b", Method::get, {"example.com"});
    CHECK(target.error == nullptr);
    CHECK(target.form == TargetForm::absolute);
    CHECK(target.host == "other:81");
    CHECK(target.path == "/a?b");
    CHECK(target.query == "b");
    CHECK(parse("HTTPS://other").path == "/");
    CHECK(parse("http://[::1]:80/").host == "[::1]:80");
    CHECK(parse("http://other/", Method::get, {}).error != nullptr);
    CHECK(parse("http://other/", Method::get, {"a b"}).error != nullptr);
    CHECK(parse("http://other/", Method::get, {"a", "a"}).error != nullptr);
    CHECK(parse("http://other/", Method::get, {}, 0).host == "other");
    CHECK(parse("http://other/", Method::options).form == TargetForm::absolute);
}

TEST_CASE("absolute forms that are refused") {
    for (const char* bad : {"http:///a",
                            "http://",
                            "http:/a",
                            "http:a",
                            "http://user@other/",
                            "http://user:pw@other/",
                            "ftp://other/",
                            "httpx://other/",
                            "example.com/",
                            "example.com",
                            "example.com:80",
                            "http://a?b",
                            "http://a:b/",
                            "http://a:99999/",
                            "http://[::1/",
                            "http://a\\b/",
                            "http://a,/ b",
                            "a",
                            "*/",
                            "**"}) {
        INFO(bad);
        CHECK(parse(bad).error != nullptr);
    }
}

TEST_CASE("the asterisk form is for OPTIONS, the authority form for CONNECT") {
    CHECK(parse("*", Method::options).error == nullptr);
    CHECK(parse("*", Method::options).form == TargetForm::asterisk);
    CHECK(parse("*", Method::options).path == "*");
    CHECK(parse("*", Method::get).error != nullptr);
    CHECK(parse("*", Method::other).error != nullptr);

    CHECK(parse("http://other", Method::options).path == "*");  // RFC 9112 3.2.4
    CHECK(parse("http://other/", Method::options).path == "/");
    CHECK(parse("http://other", Method::get).path == "/");

    const Target target = parse("other:443", Method::connect);
    CHECK(target.error == nullptr);
    CHECK(target.form == TargetForm::authority);
    CHECK(target.host == "other:443");
    CHECK(target.path == "other:443");
    CHECK(parse("[2001:db8::1]:443", Method::connect).error == nullptr);
    for (const char* bad :
         {"other", "other1", "other:", "/", "http://other:443/", "other:443/", "[::1]", "u@other:443", ":443"})
        CHECK(parse(bad, Method::connect).error != nullptr);
}

TEST_CASE("bytes that no target may hold") {
    for (int c = 0; c < 256; ++c) {
        const std::string target = std::string("/a") + static_cast<char>(c) + "b";
        INFO("byte " << c);
        CHECK((parse(target).error != nullptr) == (c <= 0x20 || c == 0x7f || c == '#'));
    }
    CHECK(parse("").error != nullptr);
}

TEST_CASE("Host: exactly one, and none only in HTTP/1.0") {
    CHECK(parse("/", Method::get, {}).error != nullptr);
    CHECK(parse("/", Method::get, {}, 0).error == nullptr);
    CHECK(parse("/", Method::get, {}, 0).host.empty());
    CHECK(parse("/", Method::get, {"a", "a"}).error != nullptr);
    CHECK(parse("/", Method::get, {"a", "b"}, 0).error != nullptr);
    CHECK(parse("/", Method::get, {""}).error != nullptr);
    CHECK(parse("/", Method::get, {""}, 0).error != nullptr);
}

TEST_CASE("good hosts") {
    for (const char* good : {"a",
                             "example.com",
                             "example.com.",
                             "EXAMPLE.com:80",
                             "a:",
                             "a:0",
                             "a:65535",
                             "under_score",
                             "a-b",
                             "127.0.0.1",
                             "127.0.0.1:8080",
                             "[::]",
                             "[::1]",
                             "[::1]:443",
                             "[2001:db8:0:0:0:0:0:1]",
                             "[::ffff:1.2.3.4]",
                             "[1:2:3:4:5:6:7::]",
                             "%41b",
                             "a!$&'()*+,;=~",
                             "1",
                             "a:0000080"}) {
        INFO(good);
        CHECK(valid_host(good));
    }
}

TEST_CASE("bad hosts") {
    for (const char* bad : {"",
                            ":",
                            ":80",
                            "a b",
                            " a",
                            "a ",
                            "a/b",
                            "a?b",
                            "a#b",
                            "a\\b",
                            "u@a",
                            "u:p@a",
                            "a:b",
                            "a:-1",
                            "a:+1",
                            "a:65536",
                            "a:99999999999",
                            "a:80:80",
                            "a:8 0",
                            "::1",
                            "[",
                            "[]",
                            "[]:80",
                            "[::1",
                            "::1]",
                            "[::1]80",
                            "[::1]x",
                            "[::1]:x",
                            "[:::1]",
                            "[1::2::3]",
                            "[1:2:3:4:5:6:7:8:9]",
                            "[12345::]",
                            "[g::]",
                            "[fe80::1%eth0]",
                            "[v1.a]",
                            "[::1.2.3]",
                            "[::1.2.3.256]",
                            "[127.0.0.1]",
                            "a%",
                            "a%4",
                            "a%4g",
                            "a[",
                            "a]",
                            "a\"b",
                            "<a>",
                            "a|b",
                            "a^b",
                            "a`b",
                            "{a}",
                            "\xc3\xa9",
                            "a\tb",
                            "a\x7f"}) {
        INFO(bad);
        CHECK_FALSE(valid_host(bad));
    }
    CHECK_FALSE(valid_host(std::string_view("a\0b", 3)));
    CHECK_FALSE(valid_host(std::string_view("[::1\0]", 6)));
}
