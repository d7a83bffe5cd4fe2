#include "http/head_writer.hpp"

#include <limits>
#include <string>

#include "support/catch.hpp"

using namespace sluice::http;

namespace {

std::string field(std::string_view name, std::string_view value) {
    char room[256];
    HeadWriter out(room);
    out.field(name, value);
    return std::string(out.written());
}

}  // namespace

TEST_CASE("a field is written the same wherever its name and value lie") {
    const std::string_view line = "Name: value\r\n";
    CHECK(field("Name", "value") == line);
    CHECK(field(line.substr(0, 4), line.substr(6, 5)) == line);
    CHECK(field(line.substr(0, 4), line.substr(6, 3)) == "Name: val\r\n");
    CHECK(field(line.substr(0, 4), "") == "Name: \r\n");

    // Two bytes apart, but not as they are in a field.
    const std::string_view apart = "Name\0\0value";
    const std::string_view neighbours(apart.data(), 11);
    CHECK(field(neighbours.substr(0, 4), neighbours.substr(6)) == line);

    const std::string_view with_tab = "Name:\tvalue";
    CHECK(field(with_tab.substr(0, 4), with_tab.substr(6)) == "Name:\tvalue\r\n");
    const std::string_view wide = "Name:   value";
    CHECK(field(wide.substr(0, 4), wide.substr(8)) == line);
}

TEST_CASE("numbers are written in decimal") {
    std::uint64_t power = 1;
    for (int digits = 1; digits <= 20; ++digits) {
        for (const std::uint64_t n : {power - 1, power, power + 1, power * 7 / 3}) {
            char room[20];
            HeadWriter out(room);
            out.number(n);
            CHECK(out.written() == std::to_string(n));
        }
        power *= 10;
    }
    char room[20];
    HeadWriter out(room);
    out.number(std::numeric_limits<std::uint64_t>::max());
    CHECK(out.written() == "18446744073709551615");
}

TEST_CASE("literals are written without their end") {
    char room[32];
    HeadWriter out(room);
    out.add("HTTP/1.1 ");
    out.add("");
    out.add(std::string_view("200"));
    CHECK(out.written() == "HTTP/1.1 200");
}
