#include <algorithm>
#include <chrono>

#include "core/text.hpp"
#include "http/date.hpp"

namespace sluice::http {

namespace {

constexpr std::string_view month_names = "JanFebMarAprMayJunJulAugSepOctNovDec";

struct Parts {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

/// Takes pieces off the front of a text; after one that does not fit, nothing fits any more.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    bool ok() const { return ok_; }
    char next() const { return text_.empty() ? '\0' : text_.front(); }

    void literal(char c) {
        if (next() != c || text_.empty()) return fail();
        text_.remove_prefix(1);
    }
    int number(std::size_t digits) {
        int out = 0;
        for (std::size_t i = 0; i < digits && ok_; ++i) {
            if (!core::is_digit(next())) fail();
            if (!ok_) return 0;
            out = out * 10 + (text_.front() - '0');
            text_.remove_prefix(1);
        }
        return out;
    }
    int month() {
        const auto at = text_.size() < 3 ? text_.npos : month_names.find(text_.substr(0, 3));
        if (at == text_.npos || at % 3 != 0) return fail(), 0;
        text_.remove_prefix(3);
        return static_cast<int>(at / 3) + 1;
    }
    void time(Parts& to) {
        to.hour = number(2);
        literal(':');
        to.minute = number(2);
        literal(':');
        to.second = number(2);
    }

  private:
    void fail() { ok_ = false; }

    std::string_view text_;
    bool ok_ = true;
};

/// "06 Nov 1994 08:49:37" or "06-Nov-94 08:49:37".
void read_after_comma(Reader& in, Parts& out) {
    out.day = in.number(2);
    const char between = in.next() == '-' ? '-' : ' ';
    in.literal(between);
    out.month = in.month();
    in.literal(between);
    out.year = in.number(between == '-' ? 2 : 4);
    if (between == '-') out.year += out.year < 70 ? 2000 : 1900;
    in.literal(' ');
    in.time(out);
}

/// "Nov  6 08:49:37 1994"
void read_asctime(Reader& in, Parts& out) {
    out.month = in.month();
    in.literal(' ');
    const bool one_digit = in.next() == ' ';
    if (one_digit) in.literal(' ');
    out.day = in.number(one_digit ? 1 : 2);
    in.literal(' ');
    in.time(out);
    in.literal(' ');
    out.year = in.number(4);
}

}  // namespace

std::optional<std::int64_t> parse_date(std::string_view text) {
    const auto end_of_day = text.find_first_of(", ");
    if (end_of_day == text.npos) return std::nullopt;
    const auto start = text.find_first_not_of(' ', end_of_day + 1);
    if (start == text.npos) return std::nullopt;
    Reader in(text.substr(start));
    Parts parts;
    if (text[end_of_day] == ',')
        read_after_comma(in, parts);
    else
        read_asctime(in, parts);
    if (!in.ok() || parts.year == 0 || parts.hour > 23 || parts.minute > 59 || parts.second > 59) return std::nullopt;
    using namespace std::chrono;
    const year_month_day date{year(parts.year), month(static_cast<unsigned>(parts.month)),
                              day(static_cast<unsigned>(parts.day))};
    if (!date.ok()) return std::nullopt;
    const auto days = sys_days(date).time_since_epoch();
    return seconds(days + hours(parts.hour) + minutes(parts.minute) + seconds(parts.second)).count();
}

}  // namespace sluice::http
