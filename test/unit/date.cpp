#include "http/date.hpp"

#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>

#include "support/catch.hpp"

using namespace sluice::http;

namespace {

std::string http(std::int64_t seconds) {
    const auto text = format_date(seconds);
    return {text.data(), text.size()};
}

std::string log(std::int64_t seconds, const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    const auto text = format_log_time(seconds);
    ::unsetenv("TZ");
    ::tzset();
    return {text.data(), text.size()};
}

}  // namespace

TEST_CASE("dates of HTTP") {
    CHECK(http(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(http(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(http(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
    CHECK(http(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
    CHECK(http(4102444799) == "Thu, 31 Dec 2099 23:59:59 GMT");
}

TEST_CASE("years beyond four digits stop at the last") {
    CHECK(http(INT64_MAX) == "Fri, 31 Dec 9999 23:59:59 GMT");
    CHECK(http(INT64_MIN) == "Mon, 01 Jan 0001 00:00:00 GMT");
    CHECK(log(INT64_MAX, "UTC-14").substr(0, 11) == "31/Dec/9999");
}

TEST_CASE("dates of logs are in the machine's time zone") {
    CHECK(log(784111777, "UTC0") == "06/Nov/1994:08:49:37 +0000");
    CHECK(log(784111777, "XXX-2") == "06/Nov/1994:10:49:37 +0200");
    CHECK(log(784111777, "XXX5:30") == "06/Nov/1994:03:19:37 -0530");
    CHECK(log(784111777, "XXX-14") == "06/Nov/1994:22:49:37 +1400");
}

TEST_CASE("law: a date read back is the same second") {
    for (std::int64_t seconds = -5000000000; seconds < 20000000000; seconds += 86399 * 97 + 12345) {
        std::tm t{};
        REQUIRE(::strptime(http(seconds).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &t) != nullptr);
        REQUIRE(::timegm(&t) == seconds);
    }
}

TEST_CASE("the cache follows the second") {
    DateCache cache;
    CHECK(cache.http(-1) == "Wed, 31 Dec 1969 23:59:59 GMT");
    CHECK(cache.http(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(cache.http(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(cache.http(784111778) == "Sun, 06 Nov 1994 08:49:38 GMT");
    CHECK(cache.log(784111777).size() == 26);
    CHECK(cache.log(784111777).substr(17) == cache.log(784111777).substr(17));
    CHECK(cache.log(-1).size() == 26);
}

TEST_CASE("dates are read in the three forms of HTTP") {
    const struct {
        const char* text;
        std::int64_t seconds;
    } rows[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"Sun Nov  6 08:49:37 1994", 784111777},
        {"Sun Nov 16 08:49:37 1994", 784975777},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Thu, 29 Feb 2024 23:59:59 GMT", 1709251199},
        {"x, 06 Nov 1994 08:49:37", 784111777},
        {"Sun,06 Nov 1994 08:49:37 GMT", 784111777},
        {"Sun,   06 Nov 1994 08:49:37 GMT", 784111777},
        {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
        {"Fri, 01-Jan-69 00:00:00 GMT", 3124224000},
        {"Thu, 01-Jan-70 00:00:00 GMT", 0},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        CHECK(sluice::http::parse_date(row.text) == row.seconds);
    }
    for (const char* text : {"", "x", ",", " ", "Sun, ", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
                             "Wed, 29 Feb 2023 00:00:00 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
                             "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:60 GMT",
                             "Sun, 06 Nov 1994 08:49", "Sun, 06-Nov-1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
                             "Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37", "784111777", "Sun, 06 ovD 1994 08:49:37 GMT"}) {
        INFO(text);
        CHECK_FALSE(sluice::http::parse_date(text));
    }
    for (std::int64_t at = -2'000'000'000; at < 5'000'000'000; at += 86'399'123) {
        const auto text = sluice::http::format_date(at);
        CHECK(sluice::http::parse_date({text.data(), text.size()}) == at);
    }
}
