// Request lines and field lines: raw messages by the section they come from.
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

std::string line(const std::string& text) { return text + "\r\nHost: a\r\n\r\n"; }
std::string fields(const std::string& lines) { return "GET / HTTP/1.1\r\n" + lines + "\r\n"; }

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.name);
        INFO(row.raw);
        CHECK(read_request(row.raw) == row.verdict);
        CHECK(read_request(row.raw, 1) == row.verdict);
        CHECK(read_request(row.raw, 7) == row.verdict);
    }
}

}  // namespace

TEST_CASE("line ends") {
    check({
        {"9112 2.2 CRLF", "GET / HTTP/1.1\r\nHost: a\r\n\r\nrest", accepted("", "rest")},
        {"9112 2.2 LF alone", "GET / HTTP/1.1\nHost: a\n\nrest", accepted("", "rest")},
        {"9112 2.2 LF and CRLF mixed", "GET / HTTP/1.1\nHost: a\r\nB: c\n\r\nrest", accepted("", "rest")},
        {"9112 2.2 CRLF then LF", "GET / HTTP/1.1\r\nHost: a\r\n\nrest", accepted("", "rest")},
        {"9112 2.2 CR alone", "GET / HTTP/1.1\rHost: a\r\r", refused(400)},
        {"9112 2.2 CR CR LF after the request line", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", refused(400)},
        {"9112 2.2 CR CR LF after a field", fields("Host: a\r\r\n"), refused(400)},
        {"9112 2.2 bare CR in a method", line("G\rET / HTTP/1.1"), refused(400)},
        {"9112 2.2 bare CR in a target", line("GET /\r HTTP/1.1"), refused(400)},
        {"9112 2.2 bare CR in a name", fields("Host: a\r\nB\rC: d\r\n"), refused(400)},
        {"9112 2.2 bare CR in a value", fields("Host: a\r\nB: c\rd\r\n"), refused(400)},
        {"9112 2.2 bare CR for an empty line", "GET / HTTP/1.1\r\nHost: a\r\n\rx", refused(400)},
        {"9112 2.2 an empty line before", "\r\n" + line("GET / HTTP/1.1"), accepted()},
        {"9112 2.2 empty lines before, LF alone", "\n\n" + line("GET / HTTP/1.1"), accepted()},
        {"9112 2.2 a hundred empty lines before", std::string(100, '\n') + line("GET / HTTP/1.1"), refused(400)},
        {"9112 2.2 a space before the request line", " " + line("GET / HTTP/1.1"), refused(400)},
        {"9112 2.2 cut in the head", "GET / HTTP/1.1\r\nHost: a\r\n", refused(Verdict::incomplete)},
        {"9112 2.2 nothing but line ends", "\r\n\r\n", refused(Verdict::incomplete)},
        {"9112 2.2 TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, refused(400)},
        {"9113 3.4 an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", refused(505)},
        {"PROXY protocol", "PROXY TCP4 1.2.3.4 1.2.3.5 1 2\r\nGET / HTTP/1.1\r\n\r\n", refused(400)},
    });
}

TEST_CASE("request lines") {
    check({
        {"9112 3 a request line", line("GET / HTTP/1.1"), accepted()},
        {"9112 3 a tab for the first space", line("GET\t/ HTTP/1.1"), refused(400)},
        {"9112 3 a tab for the second space", line("GET /\tHTTP/1.1"), refused(400)},
        {"9112 3 two spaces after the method", line("GET  / HTTP/1.1"), refused(400)},
        {"9112 3 two spaces after the target", line("GET /  HTTP/1.1"), refused(400)},
        {"9112 3 a space at the end", line("GET / HTTP/1.1 "), refused(400)},
        {"9112 3 a tab at the end", line("GET / HTTP/1.1\t"), refused(400)},
        {"9112 3 a space in the target", line("GET /a b HTTP/1.1"), refused(400)},
        {"9112 3 a version in the target", line("GET / HTTP/1.1 HTTP/1.1"), refused(400)},
        {"9112 3 no target", line("GET HTTP/1.1"), refused(400)},
        {"9112 3 no target, two spaces", line("GET  HTTP/1.1"), refused(400)},
        {"9112 3 no version (HTTP/0.9)", "GET /\r\n\r\n", refused(400)},
        {"9112 3 no version, a space", "GET / \r\n\r\n", refused(400)},
        {"9112 3 a method alone", "GET\r\n\r\n", refused(400)},
        {"9112 3 a status line", "HTTP/1.1 200 OK\r\n\r\n", refused(400)},
        {"9112 3 8,192 bytes", line("GET /" + std::string(8178, 'a') + " HTTP/1.1"), accepted()},
        {"9112 3 8,193 bytes", line("GET /" + std::string(8179, 'a') + " HTTP/1.1"), refused(414)},
        {"9112 3 a long method", line(std::string(9000, 'A') + " / HTTP/1.1"), refused(414)},
        {"9110 9.1 a method nobody knows", line("BREW / HTTP/1.1"), accepted()},
        {"9110 9.1 a method of all sorts of characters", line("!#$%&'*+-.^_`|~09az / HTTP/1.1"), accepted()},
        {"9110 9.1 a method in lower case", line("get / HTTP/1.1"), accepted()},
        {"9110 9.1 a method with a slash", line("GE/T / HTTP/1.1"), refused(400)},
        {"9110 9.1 a method with a colon", line("GET: / HTTP/1.1"), refused(400)},
        {"9110 9.1 a method in brackets", line("(GET) / HTTP/1.1"), refused(400)},
        {"9110 9.1 a method in quotes", line("\"GET\" / HTTP/1.1"), refused(400)},
        {"9110 9.1 a method with NUL", line("GE\0T / HTTP/1.1"s), refused(400)},
        {"9110 9.1 a method with a byte over 0x7f", line("G\xc3\x89T / HTTP/1.1"), refused(400)},
        {"9110 9.1 an empty method", line(" / HTTP/1.1"), refused(400)},
    });
}

TEST_CASE("versions") {
    check({
        {"9112 2.3 HTTP/1.0", line("GET / HTTP/1.0"), accepted()},
        {"9112 2.3 HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", accepted()},
        {"9110 2.5 HTTP/1.2", line("GET / HTTP/1.2"), accepted()},
        {"9110 2.5 HTTP/1.9", line("GET / HTTP/1.9"), accepted()},
        {"9110 2.5 HTTP/1.2 without Host", "GET / HTTP/1.2\r\n\r\n", refused(400)},
        {"9110 15.6.6 HTTP/2.0", line("GET / HTTP/2.0"), refused(505)},
        {"9110 15.6.6 HTTP/3.0", line("GET / HTTP/3.0"), refused(505)},
        {"9110 15.6.6 HTTP/9.9", line("GET / HTTP/9.9"), refused(505)},
        {"9110 15.6.6 HTTP/0.9", line("GET / HTTP/0.9"), refused(505)},
        {"9112 2.3 HTTP/2", line("GET / HTTP/2"), refused(400)},
        {"9112 2.3 HTTP/1", line("GET / HTTP/1"), refused(400)},
        {"9112 2.3 HTTP/1.", line("GET / HTTP/1."), refused(400)},
        {"9112 2.3 HTTP/.1", line("GET / HTTP/.1"), refused(400)},
        {"9112 2.3 HTTP/1.10", line("GET / HTTP/1.10"), refused(400)},
        {"9112 2.3 HTTP/1.01", line("GET / HTTP/1.01"), refused(400)},
        {"9112 2.3 HTTP/01.1", line("GET / HTTP/01.1"), refused(400)},
        {"9112 2.3 HTTP/11.1", line("GET / HTTP/11.1"), refused(400)},
        {"9112 2.3 HTTP/1.18446744073709551617", line("GET / HTTP/1.18446744073709551617"), refused(400)},
        {"9112 2.3 HTTP/1,1", line("GET / HTTP/1,1"), refused(400)},
        {"9112 2.3 HTTP/1.1.1", line("GET / HTTP/1.1.1"), refused(400)},
        {"9112 2.3 HTTP/+1.1", line("GET / HTTP/+1.1"), refused(400)},
        {"9112 2.3 HTTP/-1.1", line("GET / HTTP/-1.1"), refused(400)},
        {"9112 2.3 http/1.1", line("GET / http/1.1"), refused(400)},
        {"9112 2.3 HTtP/1.1", line("GET / HTtP/1.1"), refused(400)},
        {"9112 2.3 HTTP 1.1", line("GET / HTTP 1.1"), refused(400)},
        {"9112 2.3 HTTPS/1.1", line("GET / HTTPS/1.1"), refused(400)},
        {"9112 2.3 ICAP/1.0", line("GET / ICAP/1.0"), refused(400)},
    });
}

TEST_CASE("field lines") {
    const std::string host = "Host: a\r\n";
    std::string thousand = host;
    const std::string eight_thousand = "B: " + std::string(8000, 'c') + "\r\n";
    for (int i = 1; i < 1000; ++i) thousand += "a:b\r\n";
    check({
        {"9112 5 a field", fields(host + "B: c\r\n"), accepted()},
        {"9112 5 no white space after the colon", fields("Host:a\r\n"), accepted()},
        {"9112 5 much white space after the colon", fields("Host: \t \t a\r\n"), accepted()},
        {"9110 5.5 an empty value", fields(host + "B:\r\nC: \t\r\n"), accepted()},
        {"9110 5.5 tabs and obs-text in a value", fields(host + "B: \xe9\t\xff c\r\n"), accepted()},
        {"9110 5.5 colons in a value", fields(host + "B: : :c:\r\n"), accepted()},
        {"9110 5.6.2 a name of all sorts of characters", fields(host + "!#$%&'*+-.^_`|~09az: c\r\n"), accepted()},
        {"9112 5 no colon", fields(host + "B\r\n"), refused(400)},
        {"9112 5 no colon, a space", fields(host + "B c\r\n"), refused(400)},
        {"9112 5 no name", fields(host + ": c\r\n"), refused(400)},
        {"9112 5.1 a space before the colon", fields(host + "B : c\r\n"), refused(400)},
        {"9112 5.1 a tab before the colon", fields(host + "B\t: c\r\n"), refused(400)},
        {"9112 5.1 Host with a space before its colon", fields("Host : a\r\n"), refused(400)},
        {"9112 5.1 a space in a name", fields(host + "B c: d\r\n"), refused(400)},
        {"9112 2.2 a space before the first field", fields(" " + host), refused(400)},
        {"9112 2.2 a tab before the first field", fields("\t" + host), refused(400)},
        {"9112 2.2 a line of white space before the first field", fields(" \r\n" + host), refused(400)},
        {"9112 5.2 obs-fold with a space", fields(host + "B: c\r\n d\r\n"), refused(400)},
        {"9112 5.2 obs-fold with a tab", fields(host + "B: c\r\n\td\r\n"), refused(400)},
        {"9112 5.2 obs-fold with a colon", fields(host + "B: c\r\n D: e\r\n"), refused(400)},
        {"9112 5.2 obs-fold, LF alone", fields(host + "B: c\n d\r\n"), refused(400)},
        {"9112 5.2 a line of white space", fields(host + "B: c\r\n \r\n"), refused(400)},
        {"9110 5.5 NUL in a value", fields(host + "B: c\0d\r\n"s), refused(400)},
        {"9110 5.5 NUL as a value", fields(host + "B: \0\r\n"s), refused(400)},
        {"9110 5.5 a control character in a value", fields(host + "B: c\x01\r\n"), refused(400)},
        {"9110 5.5 escape in a value", fields(host + "B: \x1b[31m\r\n"), refused(400)},
        {"9110 5.5 DEL in a value", fields(host + "B: \x7f\r\n"), refused(400)},
        {"9110 5.5 vertical tab before a value", fields(host + "B:\vc\r\n"), refused(400)},
        {"9110 5.1 NUL in a name", fields(host + "B\0: c\r\n"s), refused(400)},
        {"9110 5.1 a byte over 0x7f in a name", fields(host + "B\xe9: c\r\n"), refused(400)},
        {"9110 5.1 a slash in a name", fields(host + "B/c: d\r\n"), refused(400)},
        {"9110 5.1 brackets around a name", fields(host + "[B]: d\r\n"), refused(400)},
        {"9110 5.1 quotes around a name", fields(host + "\"B\": d\r\n"), refused(400)},
        {"9110 5.1 a comma in a name", fields(host + "B,C: d\r\n"), refused(400)},
        {"9110 5.4 8,192 bytes", fields(host + "B:" + std::string(8190, 'c') + "\r\n"), accepted()},
        {"9110 5.4 8,193 bytes", fields(host + "B:" + std::string(8191, 'c') + "\r\n"), refused(431)},
        {"9110 5.4 a long name", fields(host + std::string(8193, 'B') + ": c\r\n"), refused(431)},
        {"9110 5.4 a thousand fields", fields(thousand), accepted()},
        {"9110 5.4 a thousand and one fields", fields(thousand + "a:b\r\n"), refused(431)},
        {"9110 5.4 over 32,768 bytes",
         fields(host + eight_thousand + eight_thousand + eight_thousand + eight_thousand + eight_thousand),
         refused(431)},
    });
}
