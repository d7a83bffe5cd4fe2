// Range fields: what is asked for, as nginx reads it.
#include "http/multipart.hpp"

#include <string>

#include "support/catch.hpp"

using namespace sluice::http;

namespace {

/// "whole", "416", or "0-4,6-8": first byte and the one behind the last.
std::string told(std::string_view value, std::uint64_t length = 10, std::uint32_t most = 100) {
    ByteRanges ranges;
    const auto outcome = parse_ranges(value, length, most, ranges);
    if (outcome == RangeOutcome::whole) return "whole";
    if (outcome == RangeOutcome::unsatisfiable) return "416";
    std::string out;
    for (const auto& range : ranges)
        (out += out.empty() ? "" : ",") += std::to_string(range.begin) + '-' + std::to_string(range.end);
    return out;
}

}  // namespace

TEST_CASE("ranges: first and last, from, suffix, several") {
    const struct {
        const char *value, *expected;
    } rows[] = {
        {"bytes=0-3", "0-4"},         {"bytes=3-3", "3-4"},
        {"bytes=3-", "3-10"},         {"bytes=0-", "0-10"},
        {"bytes=-3", "7-10"},         {"bytes=-10", "0-10"},
        {"bytes=-11", "0-10"},        {"bytes=5-99", "5-10"},
        {"bytes=9-9", "9-10"},        {"bytes=10-", "416"},
        {"bytes=10-12", "416"},       {"bytes=-0", "416"},
        {"bytes=5-3", "416"},         {"bytes=0-0,2-2", "0-1,2-3"},
        {"bytes=0-0,20-", "0-1"},     {"bytes=20-,0-0", "0-1"},
        {"bytes=2-3,0-1", "2-4,0-2"}, {"bytes=0-4,0-4", "0-5,0-5"},
        {"bytes=0-5,0-5", "whole"},   {"bytes= 0 - 3 , -2", "0-4,8-10"},
        {"BYTES=0-3", "0-4"},
    };
    for (const auto& row : rows) {
        INFO(row.value);
        CHECK(told(row.value) == row.expected);
    }
}

TEST_CASE("ranges: what is no range") {
    for (const char* value : {"", "bytes", "bytes=", "lines=0-3", "byte=0-3", " bytes=0-3"}) {
        INFO(value);
        CHECK(told(value) == "whole");
    }
    for (const char* value :
         {"bytes=a", "bytes=-", "bytes=--1", "bytes=1", "bytes=1-a", "bytes=a-1", "bytes=1-2,", "bytes=,1-2",
          "bytes=1-2;", "bytes=1-2 3", "bytes=+1-2", "bytes=\t1-2", "bytes=99999999999999999999-",
          "bytes=-99999999999999999999", "bytes=0-9223372036854775808"}) {
        INFO(value);
        CHECK(told(value) == "416");
    }
    CHECK(told("bytes=0-9223372036854775807") == "0-10");
}

TEST_CASE("ranges: how many, and of nothing") {
    CHECK(told("bytes=0-0,1-1", 10, 2) == "0-1,1-2");
    CHECK(told("bytes=0-0,1-1", 10, 1) == "whole");
    CHECK(told("bytes=0-0", 10, 0) == "whole");
    CHECK(told("bytes=x", 10, 0) == "whole");
    CHECK(told("bytes=0-", 0) == "whole");
    CHECK(told("bytes=-5", 0) == "whole");
    CHECK(told("bytes=1-", 0) == "416");
    // So many that their sum would not fit: more than the whole.
    std::string many = "bytes=0-";
    for (int i = 0; i < 5; ++i) many += ",0-";
    CHECK(told(many, std::uint64_t{1} << 61) == "416");
    CHECK(told("bytes=0-,0-", std::uint64_t{1} << 61) == "whole");
}

TEST_CASE("several ranges as one body") {
    const Multipart parts("text/plain", 100, 17);
    const ByteRanges ranges{{0, 10}, {99, 100}};
    CHECK(parts.content_type() == "multipart/byteranges; boundary=00000000000000000017");
    std::string body;
    for (const auto& range : ranges) body += parts.head(range) + std::string(range.size(), 'x');
    body += parts.end();
    CHECK(body ==
          "\r\n--00000000000000000017\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-9/100\r\n\r\nxxxxxxxxxx"
          "\r\n--00000000000000000017\r\nContent-Type: text/plain\r\nContent-Range: bytes 99-99/100\r\n\r\nx"
          "\r\n--00000000000000000017--\r\n");
    CHECK(parts.size(ranges) == body.size());
    CHECK(Multipart("", 1, UINT64_MAX).content_type().size() == parts.content_type().size());
    CHECK(Multipart("", 100, 1).head({0, 1}).find("Content-Type") == std::string::npos);
}
