#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace sluice::core {

namespace {

struct TimeUnit {
    std::string_view name;
    std::int64_t milliseconds;
};

constexpr std::int64_t second = 1000;
constexpr std::int64_t day = 24 * 3600 * second;

// Largest first: the parts of a time go down this table.
constexpr TimeUnit time_units[] = {
    {"y", 365 * day},     {"M", 30 * day},    {"w", 7 * day}, {"d", day},
    {"h", 3600 * second}, {"m", 60 * second}, {"s", second},  {"ms", 1},
};

/// Takes what `accepts` off the front of `s`.
template <class Accepts>
std::string_view take_while(std::string_view& s, Accepts accepts) {
    const auto end = std::find_if_not(s.begin(), s.end(), accepts);
    const std::string_view out = s.substr(0, static_cast<std::size_t>(end - s.begin()));
    s.remove_prefix(out.size());
    return out;
}

}  // namespace

std::optional<std::int64_t> parse_milliseconds(std::string_view s) {
    if (s.empty()) return std::nullopt;
    std::int64_t total = 0;
    const TimeUnit* larger_than = std::begin(time_units);  // units before this one are used up
    while (!s.empty()) {
        const auto number = parse_number<std::int64_t>(take_while(s, is_digit));
        std::string_view name = take_while(s, [](char c) { return !is_digit(c) && c != ' '; });
        if (name.empty()) name = s.empty() ? "s" : "";
        const auto unit =
            std::find_if(larger_than, std::end(time_units), [&](const TimeUnit& u) { return u.name == name; });
        if (!number || unit == std::end(time_units)) return std::nullopt;
        std::int64_t part = 0;
        if (__builtin_mul_overflow(*number, unit->milliseconds, &part)) return std::nullopt;
        if (__builtin_add_overflow(total, part, &total)) return std::nullopt;
        larger_than = unit + 1;
        if (!take_while(s, [](char c) { return c == ' '; }).empty() && s.empty()) return std::nullopt;
    }
    return total;
}

namespace {

constexpr std::size_t longest_word = 64;  // nothing longer is a misspelt name

/// Edits (a character more, less, other, or two swapped) from `a` to `b`; optimal string alignment.
std::size_t distance(std::string_view a, std::string_view b) {
    std::array<std::array<std::size_t, longest_word + 1>, 3> rows{};
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i + 2) % 3];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
        }
    }
    return rows[a.size() % 3][b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, const std::string_view* begin, const std::string_view* end) {
    if (word.empty() || word.size() > longest_word) return {};
    std::string_view best;
    std::size_t limit = std::max<std::size_t>(1, word.size() / 3);  // every third character wrong, at most
    if (word.size() == 1) limit = 0;
    for (const std::string_view* candidate = begin; candidate != end; ++candidate) {
        if (candidate->size() > longest_word) continue;
        const std::size_t edits = distance(word, *candidate);
        if (edits > limit || (edits == limit && !best.empty())) continue;
        best = *candidate;
        limit = edits;
    }
    return best;
}

}  // namespace sluice::core
