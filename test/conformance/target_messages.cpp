// Request targets and Host: raw messages by the section they come from.
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/messages.hpp"

using namespace sluice::test;
using namespace std::string_literals;

namespace {

struct Row {
    const char* name;
    std::string raw;
    Verdict verdict;
};

std::string request(const std::string& method, const std::string& target, const std::string& fields = "Host: a\r\n") {
    return method + " " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}
std::string get(const std::string& target) { return request("GET", target); }
std::string host(const std::string& value) { return request("GET", "/", "Host: " + value + "\r\n"); }

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.name);
        INFO(row.raw);
        CHECK(read_request(row.raw) == row.verdict);
        CHECK(read_request(row.raw, 1) == row.verdict);
    }
}

}  // namespace

TEST_CASE("request targets") {
    check({
        {"9112 3.2.1 origin form", get("/a/b?c=d"), accepted()},
        {"9112 3.2.1 origin form with two slashes", get("//a"), accepted()},
        {"9112 3.2.1 origin form with bytes over 0x7f", get("/\xc3\xa9"), accepted()},
        {"9112 3.2.1 origin form with a colon", get("/a:b@c"), accepted()},
        {"9112 3.2 a fragment", get("/a#b"), refused(400)},
        {"9112 3.2 a fragment after a query", get("/a?b#c"), refused(400)},
        {"9112 3.2 NUL", get("/\0"s), refused(400)},
        {"9112 3.2 a control character", get("/\x01"), refused(400)},
        {"9112 3.2 a tab", get("/a\tb"), refused(400)},
        {"9112 3.2 escape", get("/\x1b[0m"), refused(400)},
        {"9112 3.2 DEL", get("/\x7f"), refused(400)},
        {"9112 3.2 no slash", get("a"), refused(400)},
        {"9112 3.2 a query alone", get("?a"), refused(400)},
        {"9112 3.2 dots", get("../a"), refused(400)},
        {"9112 3.2 a backslash", get("\\a"), refused(400)},
        {"9112 3.2.2 absolute form, http", get("http://a/b?c"), accepted()},
        {"9112 3.2.2 absolute form, https", get("https://a/"), accepted()},
        {"9112 3.2.2 absolute form, capitals", get("HTTP://A/"), accepted()},
        {"9112 3.2.2 absolute form, no path", get("http://a"), accepted()},
        {"9112 3.2.2 absolute form, a port", get("http://a:8080/"), accepted()},
        {"9112 3.2.2 absolute form, another host than Host's", get("http://b/"), accepted()},
        {"9112 3.2.2 absolute form without Host", request("GET", "http://a/", ""), refused(400)},
        {"9112 3.2.2 absolute form, a bad Host", request("GET", "http://a/", "Host: a/b\r\n"), refused(400)},
        {"9112 3.2.2 absolute form, ftp", get("ftp://a/"), refused(400)},
        {"9112 3.2.2 absolute form, javascript", get("javascript:alert(1)"), refused(400)},
        {"9112 3.2.2 absolute form, one slash", get("http:/a/"), refused(400)},
        {"9110 4.2.1 absolute form, no host", get("http:///a"), refused(400)},
        {"9110 4.2.1 absolute form, a port but no host", get("http://:80/a"), refused(400)},
        {"9110 4.2.4 absolute form, userinfo", get("http://user@a/"), refused(400)},
        {"9110 4.2.4 absolute form, user and password", get("http://user:pw@a/"), refused(400)},
        {"3986 3.2.2 absolute form, a backslash in the host", get("http://a\\@b/"), refused(400)},
        {"3986 3.2.3 absolute form, a bad port", get("http://a:b/"), refused(400)},
        {"9112 3.2.2 absolute form, a query but no path", get("http://a?b"), refused(400)},
        {"9112 3.2.4 asterisk form with OPTIONS", request("OPTIONS", "*"), accepted()},
        {"9112 3.2.4 asterisk form with GET", get("*"), refused(400)},
        {"9112 3.2.4 asterisk form with more", request("OPTIONS", "*/"), refused(400)},
        {"9112 3.2.4 OPTIONS with a path", request("OPTIONS", "/a"), accepted()},
        {"9112 3.2.3 authority form with CONNECT", request("CONNECT", "a:443"), accepted()},
        {"9112 3.2.3 authority form, IPv6", request("CONNECT", "[::1]:443"), accepted()},
        {"9112 3.2.3 authority form, no port", request("CONNECT", "a"), refused(400)},
        {"9112 3.2.3 authority form, an empty port", request("CONNECT", "a:"), refused(400)},
        {"9112 3.2.3 authority form, userinfo", request("CONNECT", "u@a:443"), refused(400)},
        {"9112 3.2.3 authority form with GET", get("a:80"), refused(400)},
        {"9112 3.2.3 CONNECT with an origin form", request("CONNECT", "/"), refused(400)},
        {"9112 3.2.3 CONNECT with an absolute form", request("CONNECT", "http://a:80/"), refused(400)},
        {"9112 3.2.3 CONNECT with an asterisk", request("CONNECT", "*"), refused(400)},
    });
}

TEST_CASE("Host") {
    check({
        {"9112 3.2 no Host", request("GET", "/", ""), refused(400)},
        {"9112 3.2 no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", accepted()},
        {"9112 3.2 two Hosts", request("GET", "/", "Host: a\r\nHost: b\r\n"), refused(400)},
        {"9112 3.2 two equal Hosts", request("GET", "/", "Host: a\r\nHost: a\r\n"), refused(400)},
        {"9112 3.2 two Hosts, one in capitals", request("GET", "/", "Host: a\r\nHOST: b\r\n"), refused(400)},
        {"9112 3.2 two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", refused(400)},
        {"9112 3.2 an empty Host", host(""), refused(400)},
        {"9112 3.2 an empty Host in HTTP/1.0", "GET / HTTP/1.0\r\nHost:\r\n\r\n", refused(400)},
        {"9110 7.2 a name", host("example.com"), accepted()},
        {"9110 7.2 a name and a port", host("example.com:8080"), accepted()},
        {"9110 7.2 a name with a dot at its end", host("example.com."), accepted()},
        {"9110 7.2 a name with underscores", host("my_host"), accepted()},
        {"9110 7.2 an IPv4 address", host("127.0.0.1:80"), accepted()},
        {"9110 7.2 an IPv6 address", host("[2001:db8::1]"), accepted()},
        {"9110 7.2 an IPv6 address and a port", host("[::1]:8080"), accepted()},
        {"3986 3.2.3 an empty port", host("a:"), accepted()},
        {"3986 3.2.2 a percent-encoded name", host("%61"), accepted()},
        {"3986 3.2.2 a bad percent-encoding", host("%6"), refused(400)},
        {"3986 3.2.1 userinfo", host("user@a"), refused(400)},
        {"3986 3.2 a slash", host("a/b"), refused(400)},
        {"3986 3.2 a question mark", host("a?b"), refused(400)},
        {"3986 3.2 a number sign", host("a#b"), refused(400)},
        {"3986 3.2 a backslash", host("a\\b"), refused(400)},
        {"3986 3.2 a space", host("a b"), refused(400)},
        {"3986 3.2 a tab", host("a\tb"), refused(400)},
        {"3986 3.2 an address with its scheme", host("http://a"), refused(400)},
        {"3986 3.2 a byte over 0x7f", host("\xc3\xa9"), refused(400)},
        {"3986 3.2 quotes", host("\"a\""), refused(400)},
        {"3986 3.2.3 a port that is a word", host("a:http"), refused(400)},
        {"3986 3.2.3 a port over 65535", host("a:65536"), refused(400)},
        {"3986 3.2.3 a port with plus", host("a:+80"), refused(400)},
        {"3986 3.2.3 two ports", host("a:80:80"), refused(400)},
        {"3986 3.2.3 a port alone", host(":80"), refused(400)},
        {"3986 3.2.2 IPv6 without brackets", host("::1"), refused(400)},
        {"3986 3.2.2 IPv6 without its end", host("[::1"), refused(400)},
        {"3986 3.2.2 IPv6 and a word", host("[::1]a"), refused(400)},
        {"3986 3.2.2 IPv6 with two gaps", host("[1::2::3]"), refused(400)},
        {"3986 3.2.2 IPv6 of nine groups", host("[1:2:3:4:5:6:7:8:9]"), refused(400)},
        {"3986 3.2.2 IPv6 not hex", host("[::g]"), refused(400)},
        {"6874 IPv6 with a zone", host("[fe80::1%25eth0]"), refused(400)},
        {"3986 3.2.2 IPv4 in brackets", host("[127.0.0.1]"), refused(400)},
        {"3986 3.2.2 empty brackets", host("[]"), refused(400)},
    });
}
