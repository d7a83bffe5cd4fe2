// URLs, lists of them, requests as they go out, and whose turn it is.
#include <algorithm>
#include <map>

#include "bench/target.hpp"
#include "bench/turns.hpp"
#include "config/words.hpp"
#include "support/catch.hpp"
#include "version.hpp"

using namespace sluice;
using namespace sluice::bench;

namespace {

Url right(std::string_view text) {
    INFO(text);
    auto parsed = parse_url(text);
    CHECK(parsed.message == "");
    return parsed.url;
}

Request weighing(std::uint32_t weight) {
    Request out;
    out.weight = weight;
    return out;
}

}  // namespace

TEST_CASE("URLs") {
    const Url plain = right("http://localhost:8080/a?b=c#d");
    CHECK(plain.origin == Origin{false, "localhost", 8080, "", ""});
    CHECK(plain.authority == "localhost:8080");
    CHECK(plain.target == "/a?b=c");
    CHECK(right("https://example.com").origin == Origin{true, "example.com", 443, "", ""});
    CHECK(right("https://example.com").target == "/");
    CHECK(right("HTTP://a?x").target == "/?x");
    CHECK(right("http://[::1]:81/").origin == Origin{false, "::1", 81, "", ""});
    CHECK(right("http://[::1]/").origin.port == 80);
    CHECK(right("localhost:9000/x").origin.port == 9000);
    const Url local = right("http://unix:/run/app.sock:/x/y");
    CHECK(local.origin.unix_path == "/run/app.sock");
    CHECK(local.authority == "localhost");
    CHECK(local.target == "/x/y");
    CHECK(right("http://unix:/run/app.sock").target == "/");
    CHECK(right("http://unix:/s:/").origin.text() == "unix:/s");
    CHECK(right("http://[::1]:81/").origin.text() == "[::1]:81");
}

TEST_CASE("URLs that are none") {
    const std::pair<std::string_view, std::string_view> rows[] = {
        {"", "needs a URL, as http://localhost:8080/"},
        {"http://a/b c", "a URL has no spaces: write %20"},
        {"http://a/b\r\nX: y", "a URL has no spaces: write %20"},
        {"ftp://a/", "there is no \"ftp\" here: http:// or https://"},
        {"/path", "names no host, as in http://localhost:8080/path"},
        {"http:///path", "names no host, as in http://localhost:8080/path"},
        {"http://:80/", "names no host, as in http://localhost:8080/"},
        {"http://a:0/", "there is no port \"0\"; 1 to 65535"},
        {"http://a:99999/", "there is no port \"99999\"; 1 to 65535"},
        {"http://a:/", "there is no port \"\"; 1 to 65535"},
        {"http://[::1/", "\"[::1\" has an odd bracket; as in [::1]:8080"},
        {"http://u@h/", "\"u@h\" is no host name and no address"},
        {"http://unix:run:/", "a socket's path begins at the root, as in unix:/run/app.sock"},
    };
    for (const auto& [text, message] : rows) {
        INFO(text);
        CHECK(parse_url(text).message == message);
    }
    CHECK(parse_url("http://unix:/" + std::string(107, 'x')).message ==
          "the socket's path has 108 bytes; a socket's may have 107");
}

TEST_CASE("lists of URLs") {
    const auto list =
        parse_url_list("# all of them\n\nhttp://a/1\r\nPOST http://a/2 weight=5\n  DELETE  https://b/3\n");
    CHECK(list.message == "");
    REQUIRE(list.wanted.size() == 3);
    CHECK(list.wanted[0].method == "");
    CHECK(list.wanted[0].url.target == "/1");
    CHECK(list.wanted[1].method == "POST");
    CHECK(list.wanted[1].weight == 5);
    CHECK(list.wanted[2].url.origin.secure);
    CHECK(parse_url_list("\n# none\n").message == "has no URL in it");
    CHECK(parse_url_list("http://a/\nhttp://a/ weight=0\n").message ==
          "line 2: \"weight=0\": behind the URL goes weight=NUMBER, 1 to 1000000");
    CHECK(parse_url_list("http://a/ x").message == "line 1: \"x\": behind the URL goes weight=NUMBER, 1 to 1000000");
    CHECK(parse_url_list("G(T http://a/").message == "line 1: \"G(T\" is no method, as GET and POST are");
    CHECK(parse_url_list("http://").message == "line 1: \"http://\": names no host, as in http://localhost:8080/");
}

TEST_CASE("a request as it goes out") {
    const Request get = make_request(right("http://h:81/p?q"), {"GET", {}, "", false});
    const std::string agent = config::concat({"User-Agent: sluice-bench/", version, "\r\n"});
    CHECK(get.bytes == "GET /p?q HTTP/1.1\r\nHost: h:81\r\n" + agent + "Accept: */*\r\n\r\n");
    CHECK(get.last_bytes == "GET /p?q HTTP/1.1\r\nHost: h:81\r\n" + agent + "Accept: */*\r\nConnection: close\r\n\r\n");
    CHECK(get.repeatable);
    CHECK(get.label == "GET /p?q");
    const Request post =
        make_request(right("http://h/"), {"POST", {"host: other", "User-Agent: me", "ACCEPT: text/html"}, "abc", true});
    CHECK(post.bytes ==
          "POST / HTTP/1.1\r\nContent-Length: 3\r\nhost: other\r\nUser-Agent: me\r\nACCEPT: text/html\r\n\r\nabc");
    CHECK_FALSE(post.repeatable);
    CHECK(make_request(right("http://h/"), {"HEAD", {}, "", false}).head_only);
    const Request closing = make_request(right("http://h/"), {"GET", {"Connection: close"}, "", false});
    CHECK(closing.last_bytes == closing.bytes);
}

TEST_CASE("header fields that cannot be") {
    CHECK(check_field("Name: value") == "");
    CHECK(check_field("Name:") == "");
    CHECK(check_field("Name") == "is no field, as 'Name: value' is");
    CHECK(check_field(": x") == "is no field, as 'Name: value' is");
    CHECK(check_field("N ame: x") == "has a name that no field can have");
    CHECK(check_field("Name: a\r\nEvil: b") == "has a control character; a field is one line");
}

TEST_CASE("an even row has each as often as its weight, well spread") {
    const auto row = even_row({weighing(10), weighing(30), weighing(20)});
    REQUIRE(row.size() == 6);
    CHECK(std::ranges::count(row, 0u) == 1);
    CHECK(std::ranges::count(row, 1u) == 3);
    CHECK(std::ranges::count(row, 2u) == 2);
    CHECK(std::ranges::adjacent_find(row) == row.end());
    CHECK(even_row({weighing(7)}) == std::vector<std::uint32_t>{0});
    CHECK(even_row({weighing(1), weighing(1), weighing(1)}) == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(even_row({weighing(1000000), weighing(999999)}).size() == 1000000);
}

TEST_CASE("turns of threads make up the row; random ones follow the weights") {
    const auto row = even_row({weighing(1), weighing(3)});
    Turns first(row, false, 0, 2, 1), second(row, false, 1, 2, 1);
    std::vector<std::uint32_t> both;
    for (int i = 0; i < 4; ++i) {
        both.push_back(first.next());
        both.push_back(second.next());
    }
    for (std::size_t i = 0; i < both.size(); ++i) CHECK(both[i] == row[i % row.size()]);
    Turns random(row, true, 0, 1, 9);
    std::map<std::uint32_t, int> counts;
    for (int i = 0; i < 40000; ++i) ++counts[random.next()];
    CHECK(std::abs(counts[0] - 10000) < 500);
}
