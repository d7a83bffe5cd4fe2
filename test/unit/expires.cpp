// The directive expires: what its words mean, and what Expires and Cache-Control say then.
#include "route/expires.hpp"

#include <cstdlib>
#include <ctime>
#include <string>

#include "support/catch.hpp"

using namespace sluice::route;
using Kind = Expires::Kind;

namespace {

struct Zone {
    explicit Zone(const char* name) {
        ::setenv("TZ", name, 1);
        ::tzset();
    }
    ~Zone() {
        ::unsetenv("TZ");
        ::tzset();
    }
};

}  // namespace

TEST_CASE("expires: words") {
    const struct {
        const char* text;
        bool modified;
        Kind kind;
        std::int64_t seconds;
    } rows[] = {
        {"off", false, Kind::off, 0},         {"epoch", false, Kind::epoch, 0},
        {"max", false, Kind::max, 0},         {"0", false, Kind::access, 0},
        {"30", false, Kind::access, 30},      {"1h30m", false, Kind::access, 5400},
        {"+1d", false, Kind::access, 86400},  {"-1", false, Kind::access, -1},
        {"-1h", false, Kind::access, -3600},  {"@15h30m", false, Kind::daily, 55800},
        {"@24h", false, Kind::daily, 86400},  {"24h", true, Kind::modified, 86400},
        {"-1h", true, Kind::modified, -3600},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const char* why = "";
        const auto parsed = parse_expires(row.text, row.modified, why);
        REQUIRE(parsed);
        CHECK(parsed->kind == row.kind);
        CHECK(parsed->seconds == row.seconds);
    }
    const std::pair<const char*, bool> wrong[] = {{"", false},
                                                  {"x", false},
                                                  {"5x", false},
                                                  {"--1", false},
                                                  {"@", false},
                                                  {"@25h", false},
                                                  {"@-1h", false},
                                                  {"500ms", false},
                                                  {"Max", false},
                                                  {"off", true},
                                                  {"max", true},
                                                  {"@1h", true},
                                                  {"99999999999999999999", false}};
    for (const auto& [text, modified] : wrong) {
        INFO(text);
        const char* why = "";
        CHECK_FALSE(parse_expires(text, modified, why));
        CHECK(*why != '\0');
    }
}

TEST_CASE("expires: what the fields say") {
    const auto told = [](Kind kind, std::int64_t seconds, std::optional<std::int64_t> modified = {}) {
        const auto fresh = freshness({kind, seconds}, 1000000, modified);
        return std::pair(fresh.expires, fresh.max_age);
    };
    using P = std::pair<std::int64_t, std::int64_t>;
    CHECK(told(Kind::epoch, 0) == P(1, -1));
    CHECK(told(Kind::max, 0) == P(2145916555, 315360000));
    CHECK(told(Kind::access, 0) == P(1000000, 0));
    CHECK(told(Kind::access, 60) == P(1000060, 60));
    CHECK(told(Kind::access, -60) == P(999940, -1));
    CHECK(told(Kind::modified, 60, 999990) == P(1000050, 50));
    CHECK(told(Kind::modified, 60, 999900) == P(999960, -1));
    CHECK(told(Kind::modified, 60) == P(1000060, 60));
    CHECK(told(Kind::modified, 0, 5) == P(1000000, 0));
}

TEST_CASE("expires: a time of the day comes tomorrow if it is past") {
    const auto at = [](std::int64_t now, std::int64_t since_midnight) {
        return freshness({Kind::daily, since_midnight}, now, {}).max_age;
    };
    {
        const Zone zone("UTC");
        CHECK(at(86400, 3600) == 3600);
        CHECK(at(86400 + 3599, 3600) == 1);
        CHECK(at(86400 + 3600, 3600) == 86400);
        CHECK(at(86400 + 3601, 3600) == 86399);
        CHECK(at(86400 + 5, 0) == 86395);
    }
    const Zone zone("CET-1CEST,M3.5.0,M10.5.0/3");
    // From ten in the evening to eight in the morning, in the night of 2024 that is an hour short.
    CHECK(at(1711836000 - 3600, 8 * 3600) == 9 * 3600);
}
