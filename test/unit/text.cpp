#include "core/text.hpp"

#include <iterator>

#include "support/catch.hpp"

using namespace sluice;
using core::parse_milliseconds;

TEST_CASE("times as in nginx's confs") {
    struct Row {
        const char* text;
        std::int64_t milliseconds;
    };
    const Row rows[] = {
        {"0", 0},
        {"10", 10'000},
        {"10s", 10'000},
        {"1500ms", 1'500},
        {"0ms", 0},
        {"2m", 120'000},
        {"1h", 3'600'000},
        {"1h30m", 5'400'000},
        {"1h 30m", 5'400'000},
        {"1d", 86'400'000},
        {"1w", 604'800'000},
        {"1M", 2'592'000'000},
        {"1y", 31'536'000'000},
        {"1y1M1w1d1h1m1s1ms", 31'536'000'000 + 2'592'000'000 + 604'800'000 + 86'400'000 + 3'661'001},
        {"1s500ms", 1'500},
        {"90m", 5'400'000},
        {"1m30", 90'000},
        {"1h 30", 3'630'000},
        {"1h30m45", 5'445'000},
        {"007s", 7'000},
        {"9223372036854775807ms", INT64_MAX},
        {"9223372036854775s", 9'223'372'036'854'775'000},
    };
    for (const Row& row : rows) {
        INFO(row.text);
        CHECK(parse_milliseconds(row.text) == row.milliseconds);
    }
}

TEST_CASE("what is no time") {
    for (const char* text : {"",
                             " ",
                             "s",
                             "ms",
                             "-1",
                             "+1",
                             "-1s",
                             "1.5s",
                             "1,5s",
                             "10x",
                             "10S",
                             "10MS",
                             "10sec",
                             "10 s",
                             " 10s",
                             "10s ",
                             "1h ",
                             "30m1h",
                             "1m1m",
                             "1s1s",
                             "1ms1s",
                             "1s30",
                             "1ms5",
                             "1 2",
                             "h1",
                             "1hh",
                             "0x10",
                             "1e3",
                             "1s\n",
                             "9223372036854775808ms",
                             "9223372036854775808",
                             "9223372036854776s",
                             "999999999999y",
                             "9223372036854775s808ms"}) {
        INFO('"' << text << '"');
        CHECK_FALSE(parse_milliseconds(text).has_value());
    }
}

TEST_CASE("the nearest name") {
    static constexpr std::string_view names[] = {"weight", "max_fails",   "fail_timeout",
                                                 "backup", "round_robin", "least_conn"};
    struct Row {
        const char* word;
        const char* nearest;
    };
    const Row rows[] = {
        {"weight", "weight"},
        {"wieght", "weight"},
        {"weigth", "weight"},
        {"wight", "weight"},
        {"weights", "weight"},
        {"Weight", "weight"},
        {"WEIGHT", "weight"},
        {"max_fail", "max_fails"},
        {"maxfails", "max_fails"},
        {"max-fails", "max_fails"},
        {"fail_time", "fail_timeout"},
        {"fail_timeuot", "fail_timeout"},
        {"back_up", "backup"},
        {"backp", "backup"},
        {"roundrobin", "round_robin"},
        {"round-robin", "round_robin"},
        {"leastconn", "least_conn"},
        {"least_con", "least_conn"},
        {"", ""},
        {"w", ""},
        {"random", ""},
        {"ip_hash", ""},
        {"xxxxxx", ""},
        {"height", "weight"},
    };
    for (const Row& row : rows) {
        INFO(row.word);
        CHECK(core::nearest(row.word, std::begin(names), std::end(names)) == row.nearest);
    }
    const std::string endless(100'000, 'w');
    CHECK(core::nearest(endless, std::begin(names), std::end(names)) == "");
    CHECK(core::nearest("weight", std::begin(names), std::begin(names)) == "");
}

TEST_CASE("of two names equally near the first is meant, of two the nearer one") {
    static constexpr std::string_view names[] = {"abcx", "abcy", "abcz12"};
    CHECK(core::nearest("abcq", std::begin(names), std::end(names)) == "abcx");
    CHECK(core::nearest("abcy", std::begin(names), std::end(names)) == "abcy");
    CHECK(core::nearest("abcz1", std::begin(names), std::end(names)) == "abcz12");
}

TEST_CASE("numbers, white space and letters") {
    CHECK(core::parse_number<std::uint16_t>("65535") == 65535);
    CHECK_FALSE(core::parse_number<std::uint16_t>("65536"));
    CHECK(core::parse_number<std::int64_t>("9223372036854775807") == INT64_MAX);
    CHECK_FALSE(core::parse_number<std::int64_t>("9223372036854775808"));
    CHECK(core::parse_number<std::uint64_t>("18446744073709551615") == UINT64_MAX);
    CHECK_FALSE(core::parse_number<std::uint64_t>("18446744073709551616"));
    CHECK_FALSE(core::parse_number<std::uint64_t>("99999999999999999999"));
    CHECK_FALSE(core::parse_number<std::uint64_t>("1844674407370955161a"));
    CHECK(core::parse_number<int>("00000000000000000000000000007") == 7);
    CHECK(core::parse_number<std::uint8_t>("255") == 255);
    CHECK_FALSE(core::parse_number<std::uint8_t>("256"));
    CHECK_FALSE(core::parse_number<int>(""));
    CHECK_FALSE(core::parse_number<int>("-1"));
    CHECK_FALSE(core::parse_number<int>("1 "));
    CHECK(core::trim(" \t a b\t ") == "a b");
    CHECK(core::trim(" \t ") == "");
    CHECK(core::iequals("Content-LENGTH", "content-length"));
    CHECK_FALSE(core::iequals("@", "`"));
    CHECK_FALSE(core::iequals("a", "ab"));
}
