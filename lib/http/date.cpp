#include "http/date.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace sluice::http {
namespace {

/// From the first second of the year 0001 to the last of 9999: what four digits can say.
constexpr std::int64_t first_second = -62135596800, last_second = 253402300799;

constexpr const char* day_names = "SunMonTueWedThuFriSat";
constexpr const char* month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";

void put(char* at, int width, int number) {
    for (; width > 0; number /= 10) at[--width] = static_cast<char>('0' + number % 10);
}

void put_name(char* at, const char* names, int index) { std::copy_n(names + 3 * index, 3, at); }

void put_time(char* at, const std::tm& t) {
    put(at, 2, t.tm_hour);
    at[2] = at[5] = ':';
    put(at + 3, 2, t.tm_min);
    put(at + 6, 2, t.tm_sec);
}

}  // namespace

std::array<char, 29> format_date(std::int64_t seconds) {
    const std::time_t time = std::clamp(seconds, first_second, last_second);
    std::tm t{};
    ::gmtime_r(&time, &t);
    std::array<char, 29> out;
    std::copy_n("Sun, 06 Nov 1994 08:49:37 GMT", out.size(), out.data());
    put_name(out.data(), day_names, t.tm_wday);
    put(out.data() + 5, 2, t.tm_mday);
    put_name(out.data() + 8, month_names, t.tm_mon);
    put(out.data() + 12, 4, t.tm_year + 1900);
    put_time(out.data() + 17, t);
    return out;
}

std::array<char, 26> format_log_time(std::int64_t seconds) {
    // A day off either end, so that no time zone leads out of the years that have four digits.
    const std::time_t time = std::clamp(seconds, first_second + 86400, last_second - 86400);
    std::tm t{};
    ::localtime_r(&time, &t);
    std::array<char, 26> out;
    std::copy_n("06/Nov/1994:08:49:37 +0000", out.size(), out.data());
    put(out.data(), 2, t.tm_mday);
    put_name(out.data() + 3, month_names, t.tm_mon);
    put(out.data() + 7, 4, t.tm_year + 1900);
    put_time(out.data() + 12, t);
    const int offset = static_cast<int>(std::abs(t.tm_gmtoff) / 60);
    out[21] = t.tm_gmtoff < 0 ? '-' : '+';
    put(out.data() + 22, 4, offset / 60 * 100 + offset % 60);
    return out;
}

std::string_view DateCache::http(std::int64_t seconds) {
    if (seconds != http_second_ || http_[0] == '\0') {
        http_ = format_date(seconds);
        http_second_ = seconds;
    }
    return {http_.data(), http_.size()};
}

std::string_view DateCache::log(std::int64_t seconds) {
    if (seconds != log_second_ || log_[0] == '\0') {
        log_ = format_log_time(seconds);
        log_second_ = seconds;
    }
    return {log_.data(), log_.size()};
}

}  // namespace sluice::http
