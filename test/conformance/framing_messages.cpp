// How long is a request's body: raw messages by the section they come from.
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

std::string post(const std::string& fields, const std::string& body, const char* version = "1.1") {
    return "POST / HTTP/"s + version + "\r\nHost: a\r\n" + fields + "\r\n" + body;
}

/// `value` is Transfer-Encoding's; a good chunked body follows.
std::string coded(const std::string& value) {
    return post("Transfer-Encoding: " + value + "\r\n", "1\r\nx\r\n0\r\n\r\n");
}
std::string sized(const std::string& value) { return post("Content-Length: " + value + "\r\n", "hello"); }
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

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

TEST_CASE("Content-Length of requests") {
    check({
        {"9112 6.3 no CL, no TE: no body", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET", accepted("", "GET")},
        {"9112 6.3 POST without CL: no body", post("", "x"), accepted("", "x")},
        {"9112 6.2 CL", sized("5"), accepted("hello")},
        {"9112 6.2 CL 0", sized("0"), accepted("", "hello")},
        {"9112 6.2 CL shorter than what follows", sized("2"), accepted("he", "llo")},
        {"9112 6.2 CL longer than what follows", sized("6"), refused(Verdict::incomplete)},
        {"9110 8.6 CL on GET", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", accepted("x")},
        {"9110 8.6 CL with leading zeros", sized("0005"), accepted("hello")},
        {"9110 5.5 CL with white space around", sized(" \t 5 \t"), accepted("hello")},
        {"9110 5.1 CL in capitals", post("CONTENT-LENGTH: 5\r\n", "hello"), accepted("hello")},
        {"9112 6.1 CL in HTTP/1.0", post("Content-Length: 5\r\n", "hello", "1.0"), accepted("hello")},
        {"9110 8.6 CL empty", sized(""), refused(400)},
        {"9110 8.6 CL with plus", sized("+5"), refused(400)},
        {"9110 8.6 CL with minus", sized("-5"), refused(400)},
        {"9110 8.6 CL -0", sized("-0"), refused(400)},
        {"9110 8.6 CL in hex", sized("0x5"), refused(400)},
        {"9110 8.6 CL in hex digits", sized("a"), refused(400)},
        {"9110 8.6 CL with a fraction", sized("5.0"), refused(400)},
        {"9110 8.6 CL with an exponent", sized("5e0"), refused(400)},
        {"9110 8.6 CL with a space within", sized("5 5"), refused(400)},
        {"9110 8.6 CL with a tab within", sized("5\t5"), refused(400)},
        {"9110 8.6 CL with an underscore", sized("5_0"), refused(400)},
        {"9110 8.6 CL in quotes", sized("\"5\""), refused(400)},
        {"9110 8.6 CL with a semicolon", sized("5;a"), refused(400)},
        {"9110 8.6 CL in other digits", sized("\xd9\xa5"), refused(400)},
        {"9110 8.6 CL over 2^63-1", sized("9223372036854775808"), refused(400)},
        {"9110 8.6 CL 2^64", sized("18446744073709551616"), refused(400)},
        {"9110 8.6 CL 2^64 + 5", sized("18446744073709551621"), refused(400)},
        {"9110 8.6 CL of 300 digits", sized(std::string(300, '9')), refused(400)},
        {"9110 8.6 CL with NUL", sized("5\0"s), refused(400)},
        {"9110 8.6 CL with vertical tab", sized("\v5"), refused(400)},
        {"9112 6.3 CL list, equal", sized("5, 5"), refused(400)},
        {"9112 6.3 CL list, unequal", sized("5, 6"), refused(400)},
        {"9112 6.3 CL list with an empty member", sized("5,"), refused(400)},
        {"9112 6.3 CL list with an empty first member", sized(",5"), refused(400)},
        {"9112 6.3 CL twice, unequal", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), refused(400)},
        {"9112 6.3 CL twice, equal", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), refused(400)},
        {"9112 6.3 CL twice, far apart", post("Content-Length: 5\r\nA: b\r\ncontent-length: 0\r\n", "hello"),
         refused(400)},
        {"9112 6.3 CL twice, one empty", post("Content-Length: 5\r\nContent-Length:\r\n", "hello"), refused(400)},
        {"9112 5.1 CL with a space before its colon", post("Content-Length : 5\r\n", "hello"), refused(400)},
        {"9112 5.1 CL with a tab before its colon", post("Content-Length\t: 5\r\n", "hello"), refused(400)},
        {"9110 5.1 a name that only looks like CL", post("Content_Length: 5\r\n", "hello"), accepted("", "hello")},
    });
}

TEST_CASE("Transfer-Encoding of requests") {
    const std::string body = "1\r\nx\r\n0\r\n\r\n";
    check({
        {"9112 6.1 TE chunked", coded("chunked"), accepted("x")},
        {"9112 7 TE in capitals", coded("ChUnKeD"), accepted("x")},
        {"9110 5.5 TE with white space around", coded("\t chunked \t"), accepted("x")},
        {"9112 6.3 CL with TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", body), refused(400)},
        {"9112 6.3 TE with CL", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", body), refused(400)},
        {"9112 6.3 CL 0 with TE", post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", body), refused(400)},
        {"9112 6.3 bad CL with TE", post("Content-Length: x\r\nTransfer-Encoding: chunked\r\n", body), refused(400)},
        {"9112 6.3 CL with TE not chunked", post("Content-Length: 5\r\nTransfer-Encoding: x\r\n", "hello"),
         refused(400)},
        {"9112 6.1 TE in HTTP/1.0", post("Transfer-Encoding: chunked\r\n", body, "1.0"), refused(400)},
        {"9112 6.1 TE gzip", coded("gzip"), refused(501)},
        {"9112 6.1 TE gzip, chunked", coded("gzip, chunked"), refused(501)},
        {"9112 6.1 TE gzip,chunked with parameters", coded("gzip;a=b, chunked"), refused(501)},
        {"9112 6.1 TE identity", coded("identity"), refused(501)},
        {"9112 6.1 TE identity, chunked", coded("identity, chunked"), refused(501)},
        {"9112 6.1 TE xchunked", coded("xchunked"), refused(501)},
        {"9112 6.1 TE chunkedx", coded("chunkedx"), refused(501)},
        {"9112 6.1 TE cow", coded("cow"), refused(501)},
        {"9112 6.3 TE chunked, gzip", coded("chunked, gzip"), refused(400)},
        {"9112 6.3 TE chunked, identity", coded("chunked, identity"), refused(400)},
        {"9112 6.1 TE chunked twice in a list", coded("chunked, chunked"), refused(400)},
        {"9112 6.1 TE on two lines", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", body),
         refused(400)},
        {"9112 6.1 TE on two lines, one unknown",
         post("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n", body), refused(400)},
        {"9112 6.1 TE on two lines as a list", post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", body),
         refused(400)},
        {"9112 7.1 TE chunked;q=1", coded("chunked;q=1"), refused(400)},
        {"9112 7.1 TE chunked;", coded("chunked;"), refused(400)},
        {"9112 6.1 TE empty", coded(""), refused(400)},
        {"9112 6.1 TE list of nothing", coded(","), refused(400)},
        {"9110 5.6.1 TE with an empty last member", coded("chunked,"), refused(400)},
        {"9110 5.6.1 TE with an empty first member", coded(", chunked"), refused(400)},
        {"9112 6.1 TE in quotes", coded("\"chunked\""), refused(400)},
        {"9112 6.1 TE with a space within", coded("chun ked"), refused(400)},
        {"9112 6.1 TE with a tab within", coded("chun\tked"), refused(400)},
        {"9112 6.1 TE without a comma", coded("gzip chunked"), refused(400)},
        {"9112 6.1 TE with vertical tab", coded("\vchunked"), refused(400)},
        {"9112 6.1 TE with form feed", coded("chunked\f"), refused(400)},
        {"9112 6.1 TE with NUL", coded("chunked\0"s), refused(400)},
        {"9112 6.1 TE with a byte over 0x7f", coded("chunked\xa0"), refused(400)},
        {"9112 5.2 TE folded", post("Transfer-Encoding:\r\n chunked\r\n", body), refused(400)},
        {"9112 5.2 TE folded with a tab", post("Transfer-Encoding:\r\n\tchunked\r\n", body), refused(400)},
        {"9112 5.2 TE folded after its value", post("Transfer-Encoding: chunked\r\n , cow\r\n", body), refused(400)},
        {"9112 5.1 TE with a space before its colon", post("Transfer-Encoding : chunked\r\n", body), refused(400)},
        {"9112 5.1 TE with a tab before its colon", post("Transfer-Encoding\t: chunked\r\n", body), refused(400)},
        {"9112 5.1 TE with a space before its name", post("A: b\r\n Transfer-Encoding: chunked\r\n", body),
         refused(400)},
        {"9110 5.5 TE smuggled behind a bare CR", post("A: b\rTransfer-Encoding: chunked\r\n", body), refused(400)},
        {"9112 2.2 TE after a bare LF is a field", post("A: b\nTransfer-Encoding: chunked\r\n", body), accepted("x")},
        {"9110 5.1 a name that only looks like TE", post("Transfer_Encoding: chunked\r\n", "x"), accepted("", "x")},
    });
}

TEST_CASE("chunked bodies of requests") {
    check({
        {"9112 7.1 one chunk", chunked("5\r\nhello\r\n0\r\n\r\n"), accepted("hello")},
        {"9112 7.1 several chunks", chunked("1\r\nh\r\n4\r\nello\r\n0\r\n\r\nGET"), accepted("hello", "GET")},
        {"9112 7.1 no chunk but the last", chunked("0\r\n\r\n"), accepted()},
        {"9112 7.1 hex sizes", chunked("A\r\n0123456789\r\n0b\r\n0123456789a\r\n0\r\n\r\n"),
         accepted("01234567890123456789a")},
        {"9112 7.1 leading zeros", chunked("0001\r\nx\r\n000\r\n\r\n"), accepted("x")},
        {"9112 7.1 data like framing", chunked("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n"), accepted("\r\n0\r\n\r\n")},
        {"9112 7.1 cut in a size", chunked("5"), refused(Verdict::incomplete)},
        {"9112 7.1 cut in data", chunked("5\r\nhel"), refused(Verdict::incomplete)},
        {"9112 7.1 cut before the last chunk", chunked("5\r\nhello\r\n"), refused(Verdict::incomplete)},
        {"9112 7.1 cut before the empty line", chunked("5\r\nhello\r\n0\r\n"), refused(Verdict::incomplete)},
        {"9112 7.1 size empty", chunked("\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size with plus", chunked("+5\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size with minus", chunked("-5\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size with a space before", chunked(" 5\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size with a space after", chunked("5 \r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size with a space within", chunked("0 5\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size with a tab after", chunked("5\t\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size not hex", chunked("g\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size with an underscore", chunked("0_5\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size of 16 digits", chunked("1000000000000005\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size 2^64 + 5", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size with NUL", chunked("5\0\r\nhello\r\n0\r\n\r\n"s), refused(400)},
        {"9112 7.1 size line ends in LF", chunked("5\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 size line ends in CR", chunked("5\rhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 data ends in LF", chunked("5\r\nhello\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 data ends in CR", chunked("5\r\nhello\r0\r\n\r\n"), refused(400)},
        {"9112 7.1 no CRLF after data", chunked("5\r\nhello0\r\n\r\n"), refused(400)},
        {"9112 7.1 more data than the size", chunked("5\r\nhello!\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 less data than the size", chunked("6\r\nhello\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 two CRLF after data", chunked("5\r\nhello\r\n\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1 last size line ends in LF", chunked("0\n\r\n"), refused(400)},
        {"9112 7.1.1 extension", chunked("1;a\r\nx\r\n0;b=c\r\n\r\n"), accepted("x")},
        {"9112 7.1.1 extension with a quoted value", chunked("1;a=\"; \\\" ,\"\r\nx\r\n0\r\n\r\n"), accepted("x")},
        {"9112 7.1.1 extension with bad white space", chunked("1 ; a = b\r\nx\r\n0\r\n\r\n"), accepted("x")},
        {"9112 7.1.1 extension ends in LF", chunked("1;a\nx\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1.1 extension with bare CR", chunked("1;a\rb\r\nx\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1.1 extension with a quoted line end", chunked("1;a=\"\r\n\"\r\nx\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1.1 extension with an escaped line end", chunked("1;a=\"\\\n\"\r\nx\r\n0\r\n\r\n"), refused(400)},
        {"9112 7.1.1 extension with NUL", chunked("1;a\0\r\nx\r\n0\r\n\r\n"s), refused(400)},
        {"9112 7.1.1 extension without end", chunked("1;" + std::string(20000, 'a') + "\r\nx\r\n0\r\n\r\n"),
         refused(400)},
        {"9112 7.1.2 trailers", chunked("1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\nGET"), accepted("x", "GET")},
        {"9112 7.1.2 trailers ending in LF", chunked("0\r\nA: b\n\nGET"), accepted("", "GET")},
        {"9112 7.1.2 trailer without colon", chunked("0\r\nA\r\n\r\n"), refused(400)},
        {"9112 7.1.2 trailer with a space before its colon", chunked("0\r\nA : b\r\n\r\n"), refused(400)},
        {"9112 7.1.2 trailer folded", chunked("0\r\nA: b\r\n c\r\n\r\n"), refused(400)},
        {"9112 7.1.2 trailer with NUL", chunked("0\r\nA: \0\r\n\r\n"s), refused(400)},
        {"9112 7.1.2 trailer with bare CR", chunked("0\r\nA: b\rc\r\n\r\n"), refused(400)},
        {"9112 7.1.2 a request where trailers are due", chunked("0\r\nGET / HTTP/1.1\r\n\r\n"), refused(400)},
        {"9112 7.1.2 trailers too long", chunked("0\r\nA: " + std::string(9000, 'b') + "\r\n\r\n"), refused(400)},
    });
}
