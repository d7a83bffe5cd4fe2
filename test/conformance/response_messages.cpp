// Responses: raw messages by the section they come from.
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/messages.hpp"

using namespace sluice::test;
using namespace std::string_literals;
using sluice::http::Method;

namespace {

struct Row {
    const char* name;
    std::string raw;
    Verdict verdict;
    Method request = Method::get;
};

std::string response(const char* status, const std::string& fields, const std::string& body) {
    return "HTTP/1.1 "s + status + " x\r\n" + fields + "\r\n" + body;
}
std::string ok(const std::string& fields, const std::string& body = "hello") { return response("200", fields, body); }
std::string line(const std::string& text) { return text + "\r\nContent-Length: 0\r\n\r\n"; }

void check(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        INFO(row.name);
        INFO(row.raw);
        CHECK(read_response(row.raw, row.request) == row.verdict);
        CHECK(read_response(row.raw, row.request, 1) == row.verdict);
        CHECK(read_response(row.raw, row.request, 7) == row.verdict);
    }
}

}  // namespace

TEST_CASE("status lines") {
    check({
        {"9112 4 a status line", line("HTTP/1.1 200 OK"), accepted()},
        {"9112 4 HTTP/1.0", line("HTTP/1.0 200 OK"), accepted()},
        {"9112 4 an empty reason", line("HTTP/1.1 200 "), accepted()},
        {"9112 4 no reason, no space", line("HTTP/1.1 200"), accepted()},
        {"9112 4 spaces in a reason", line("HTTP/1.1 200  all is  well "), accepted()},
        {"9112 4 obs-text in a reason", line("HTTP/1.1 200 \xc3\xa0 la carte"), accepted()},
        {"9112 2.2 LF alone", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", accepted("hello")},
        {"9110 2.5 HTTP/1.7", line("HTTP/1.7 200 OK"), accepted()},
        {"9110 15 a status over 599", line("HTTP/1.1 999 x"), accepted()},
        {"9110 15 status 099", line("HTTP/1.1 099 x"), refused(502)},
        {"9110 15 status 000", line("HTTP/1.1 000 x"), refused(502)},
        {"9112 4 a status of two digits", line("HTTP/1.1 20 x"), refused(502)},
        {"9112 4 a status of four digits", line("HTTP/1.1 2000 x"), refused(502)},
        {"9112 4 a status with a sign", line("HTTP/1.1 -20 x"), refused(502)},
        {"9112 4 a status that is a word", line("HTTP/1.1 abc x"), refused(502)},
        {"9112 4 no status", line("HTTP/1.1 OK"), refused(502)},
        {"9112 4 nothing after the version", line("HTTP/1.1"), refused(502)},
        {"9112 4 two spaces before the status", line("HTTP/1.1  200 OK"), refused(502)},
        {"9112 4 a tab before the status", line("HTTP/1.1\t200 OK"), refused(502)},
        {"9112 4 a tab after the status", line("HTTP/1.1 200\tOK"), refused(502)},
        {"9112 4 NUL in a reason", line("HTTP/1.1 200 O\0K"s), refused(502)},
        {"9112 4 a bare CR in a reason", line("HTTP/1.1 200 O\rK"), refused(502)},
        {"9112 2.3 HTTP/2.0", line("HTTP/2.0 200 OK"), refused(502)},
        {"9112 2.3 HTTP/2", line("HTTP/2 200 OK"), refused(502)},
        {"9112 2.3 HTTP/1.10", line("HTTP/1.10 200 OK"), refused(502)},
        {"9112 2.3 http/1.1", line("http/1.1 200 OK"), refused(502)},
        {"9112 2.3 ICY", line("ICY 200 OK"), refused(502)},
        {"9112 4 an empty line before", "\r\n" + line("HTTP/1.1 200 OK"), refused(502)},
        {"9112 4 a space before", " " + line("HTTP/1.1 200 OK"), refused(502)},
        {"9112 4 no head at all (HTTP/0.9)", "<html>", refused(502)},
        {"9112 4 a request", "GET / HTTP/1.1\r\n\r\n", refused(502)},
        {"9112 4 a long status line", line("HTTP/1.1 200 " + std::string(9000, 'x')), refused(502)},
        {"9112 4 cut", "HTTP/1.1 200 OK\r\n", refused(Verdict::incomplete)},
    });
}

TEST_CASE("field lines of responses") {
    check({
        {"9112 5.1 a space before a colon", ok("A : b\r\n"), refused(502)},
        {"9112 5.2 obs-fold", ok("A: b\r\n c\r\n"), refused(502)},
        {"9112 2.2 a space before the first field", ok(" A: b\r\n"), refused(502)},
        {"9112 2.2 a bare CR", ok("A: b\rc\r\n"), refused(502)},
        {"9110 5.5 NUL", ok("A: \0\r\n"s), refused(502)},
        {"9110 5.1 no name", ok(": b\r\n"), refused(502)},
        {"9112 5 no colon", ok("A\r\n"), refused(502)},
        {"9110 5.4 a long field line", ok("A: " + std::string(9000, 'x') + "\r\n"), refused(502)},
    });
}

TEST_CASE("bodies of responses") {
    const std::string cl = "Content-Length: 5\r\n", te = "Transfer-Encoding: chunked\r\n";
    const std::string chunks = "5\r\nhello\r\n0\r\n\r\n";
    check({
        {"9112 6.3 CL", ok(cl, "hello!"), accepted("hello", "!")},
        {"9112 6.3 CL, cut", ok(cl, "hell"), refused(Verdict::incomplete)},
        {"9112 6.3 chunked", ok(te, chunks + "!"), accepted("hello", "!")},
        {"9112 6.3 neither: until close", ok(""), accepted("hello")},
        {"9112 6.3 HTTP/1.0, neither: until close", "HTTP/1.0 200 OK\r\n\r\nhello", accepted("hello")},
        {"9112 6.3 205 has a body like any other", response("205", "Content-Length: 0\r\n", ""), accepted()},
        {"9112 6.3 answer to HEAD with CL", ok(cl, "HTTP"), accepted("", "HTTP"), Method::head},
        {"9112 6.3 answer to HEAD with TE", ok(te, "HTTP"), accepted("", "HTTP"), Method::head},
        {"9112 6.3 answer to HEAD with neither", ok("", "HTTP"), accepted("", "HTTP"), Method::head},
        {"9112 6.3 100", response("100", "", "HTTP"), accepted("", "HTTP")},
        {"9112 6.3 100 with CL", response("100", cl, "hello"), accepted("", "hello")},
        {"9112 6.3 101", response("101", "Upgrade: x\r\n", "bytes"), accepted("", "bytes")},
        {"9112 6.3 103", response("103", "Link: x\r\n", "HTTP"), accepted("", "HTTP")},
        {"9112 6.3 204 with CL", response("204", cl, "hello"), accepted("", "hello")},
        {"9112 6.3 204 with TE", response("204", te, chunks), accepted("", chunks)},
        {"9112 6.3 304 with CL", response("304", cl, "hello"), accepted("", "hello")},
        {"9112 6.3 304 with TE", response("304", te, chunks), accepted("", chunks)},
        {"9112 6.3 CL with TE", ok(cl + te, chunks), refused(502)},
        {"9112 6.3 TE with CL", ok(te + cl, chunks), refused(502)},
        {"9112 6.3 CL twice, unequal", ok(cl + "Content-Length: 6\r\n"), refused(502)},
        {"9112 6.3 CL twice, equal", ok(cl + cl), refused(502)},
        {"9112 6.3 CL list", ok("Content-Length: 5, 5\r\n"), refused(502)},
        {"9110 8.6 CL with a sign", ok("Content-Length: +5\r\n"), refused(502)},
        {"9110 8.6 CL negative", ok("Content-Length: -1\r\n"), refused(502)},
        {"9110 8.6 CL empty", ok("Content-Length:\r\n"), refused(502)},
        {"9110 8.6 CL over 2^63-1", ok("Content-Length: 9223372036854775808\r\n"), refused(502)},
        {"9112 6.1 TE gzip", ok("Transfer-Encoding: gzip\r\n"), refused(502)},
        {"9112 6.1 TE gzip, chunked", ok("Transfer-Encoding: gzip, chunked\r\n", chunks), refused(502)},
        {"9112 6.1 TE identity", ok("Transfer-Encoding: identity\r\n"), refused(502)},
        {"9112 6.1 TE twice", ok(te + te, chunks), refused(502)},
        {"9112 6.1 TE in HTTP/1.0", "HTTP/1.0 200 OK\r\n" + te + "\r\n" + chunks, refused(502)},
        {"9112 7.1 a bad chunk size", ok(te, "x\r\n"), refused(502)},
        {"9112 7.1 LF in chunk framing", ok(te, "5\nhello\n0\n\n"), refused(502)},
        {"9112 7.1.2 trailers", ok(te, "0\r\nA: b\r\n\r\n"), accepted()},
        {"9112 7.1.2 a bad trailer", ok(te, "0\r\nA b\r\n\r\n"), refused(502)},
        {"9112 8 chunked, cut", ok(te, "5\r\nhello\r\n"), refused(Verdict::incomplete)},
    });
}
