#include "config/values.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::config {

namespace {

constexpr std::string_view words_for_on[] = {"yes", "true", "1", "enable", "enabled", "y"};
constexpr std::string_view words_for_off[] = {"no", "false", "0", "disable", "disabled", "none", "n"};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::any_of(words, [word](std::string_view w) { return core::iequals(w, word); });
}

/// Splits "30 seconds" into "30" and "seconds"; no digits, no number.
struct Amount {
    std::string_view number;
    std::string_view unit;
};
Amount split_amount(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && core::is_digit(text[end])) ++end;
    return {text.substr(0, end), core::trim(text.substr(end))};
}

struct OtherUnit {
    std::string_view written;
    std::string_view unit;
};

/// Our unit for what people write, or "".
std::string_view meant_unit(std::string_view written, std::span<const OtherUnit> units) {
    const auto row = std::ranges::find_if(units, [&](const OtherUnit& u) { return core::iequals(u.written, written); });
    return row == units.end() ? std::string_view{} : row->unit;
}

constexpr OtherUnit time_words[] = {
    {"sec", "s"},    {"secs", "s"},   {"second", "s"},  {"seconds", "s"}, {"min", "m"},           {"mins", "m"},
    {"mn", "m"},     {"minute", "m"}, {"minutes", "m"}, {"hour", "h"},    {"hours", "h"},         {"hr", "h"},
    {"hrs", "h"},    {"day", "d"},    {"days", "d"},    {"week", "w"},    {"weeks", "w"},         {"month", "M"},
    {"months", "M"}, {"year", "y"},   {"years", "y"},   {"msec", "ms"},   {"milliseconds", "ms"}, {"s", "s"},
    {"m", "m"},      {"h", "h"},      {"d", "d"},       {"ms", "ms"},
};
constexpr OtherUnit size_words[] = {
    {"kb", "k"}, {"kib", "k"}, {"k", "k"}, {"mb", "m"}, {"mib", "m"},  {"m", "m"},
    {"gb", "g"}, {"gib", "g"}, {"g", "g"}, {"b", ""},   {"bytes", ""}, {"byte", ""},
};

Parsed<std::int64_t> parse_bytes(std::string_view text, bool allows_giga) {
    const Amount amount = split_amount(text);
    const auto number = core::parse_number<std::int64_t>(amount.number);
    const char unit = text.size() == amount.number.size() + 1 ? core::lower(text.back()) : '\0';
    const unsigned shift = unit == 'k' ? 10 : unit == 'm' ? 20 : unit == 'g' && allows_giga ? 30 : 0;
    const bool known = shift != 0 || text.size() == amount.number.size();
    if (number && known && *number <= std::numeric_limits<std::int64_t>::max() >> shift) return {*number << shift, {}};
    const std::string message = concat({in_quotes(text), " is not a size"});
    if (number && !known) {
        const std::string_view meant = meant_unit(amount.unit, size_words);
        if (meant == "g" && !allows_giga && *number < 8'000'000)
            return {0, {message, concat({"there is no \"g\" here; write ", std::to_string(*number * 1024), "m"})}};
        if (!meant.empty()) return {0, {message, concat({"write ", amount.number, meant})}};
    }
    return {0,
            {message, allows_giga ? "a size is a number, and k, m or g behind it, as in 8k or 20m"
                                  : "a size is a number, and k or m behind it, as in 8k or 1m"}};
}

Parsed<std::int64_t> not_a_time(std::string_view text) {
    const Amount amount = split_amount(text);
    const std::string_view meant = meant_unit(amount.unit, time_words);
    const std::string message = concat({in_quotes(text), " is not a time"});
    if (!amount.number.empty() && !meant.empty()) return {0, {message, concat({"write ", amount.number, meant})}};
    return {0, {message, "a time is a number with ms, s, m, h or d behind it, as in 30s or 1h30m"}};
}

}  // namespace

Parsed<bool> parse_flag(std::string_view text) {
    if (core::iequals(text, "on")) return {true, {}};
    if (core::iequals(text, "off")) return {false, {}};
    const bool on = is_one_of(text, words_for_on);
    const bool meant = on || is_one_of(text, words_for_off);
    return {false,
            {concat({in_quotes(text), " is neither \"on\" nor \"off\""}), !meant ? ""
                                                                       : on   ? "did you mean \"on\"?"
                                                                              : "did you mean \"off\"?"}};
}

Parsed<std::int64_t> parse_integer(std::string_view text, std::int64_t least, std::int64_t most) {
    const auto number = core::parse_number<std::int64_t>(text);
    if (number && *number >= least && *number <= most) return {*number, {}};
    if (!number) return {0, {concat({in_quotes(text), " is not a number"}), ""}};
    return {0, {concat({in_quotes(text), " is not from ", std::to_string(least), " to ", std::to_string(most)}), ""}};
}

Parsed<std::int64_t> parse_size(std::string_view text) { return parse_bytes(text, false); }
Parsed<std::int64_t> parse_offset(std::string_view text) { return parse_bytes(text, true); }

Parsed<std::int64_t> parse_time(std::string_view text) {
    const auto milliseconds = core::parse_milliseconds(text);
    return milliseconds ? Parsed<std::int64_t>{*milliseconds, {}} : not_a_time(text);
}

Parsed<std::int64_t> parse_seconds(std::string_view text) {
    const Parsed<std::int64_t> out = parse_time(text);
    if (!out.ok() || text.find("ms") == std::string_view::npos) return out;
    return {0,
            {concat({in_quotes(text), " is under a second, which this does not take"}), "write whole seconds, as in 1s"}};
}

Parsed<std::size_t> parse_choice(std::string_view text, std::span<const std::string_view> words) {
    const auto found = std::ranges::find(words, text);
    if (found != words.end()) return {static_cast<std::size_t>(found - words.begin()), {}};
    const std::string meant = did_you_mean(text, words);
    return {0,
            {concat({in_quotes(text), " is not known here"}),
             meant.empty() ? concat({"there is ", list(words, "and")}) : meant}};
}

}  // namespace sluice::config
