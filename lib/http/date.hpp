// Dates of HTTP and of logs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::http {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7 IMF-fixdate), 29 characters, for seconds since the epoch.
std::array<char, 29> format_date(std::int64_t seconds);

/// Seconds since the epoch of a date in one of the three forms of RFC 9110 5.6.7: IMF-fixdate, RFC 850 and asctime. As in
/// nginx, the name of the day and what follows the time do not matter; two digits of a year below 70 are of the 2000s.
std::optional<std::int64_t> parse_date(std::string_view text);

/// "06/Nov/1994:08:49:37 +0000": nginx's $time_local, in the machine's time zone; 26 characters.
std::array<char, 26> format_log_time(std::int64_t seconds);

/// Keeps the text of the current second. One per worker, that worker's thread only.
class DateCache {
  public:
    /// Cheap while the second stays the same.
    std::string_view http(std::int64_t seconds);
    std::string_view log(std::int64_t seconds);

  private:
    std::int64_t http_second_ = -1, log_second_ = -1;
    std::array<char, 29> http_{};
    std::array<char, 26> log_{};
};

}  // namespace sluice::http
