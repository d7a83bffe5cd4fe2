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
