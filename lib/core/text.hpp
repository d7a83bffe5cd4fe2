// Small text functions without locale, allocation or exceptions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::core {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// ASCII only.
constexpr bool iequals(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

/// Space and tab off both ends (RFC 9110 5.6.3).
constexpr std::string_view trim(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
    return s;
}

/// Decimal digits and nothing else; nullopt also on overflow.
template <class Integer>
constexpr std::optional<Integer> parse_number(std::string_view s) {
    if (s.empty()) return std::nullopt;
    Integer out{};
    for (const char c : s) {
        if (!is_digit(c)) return std::nullopt;
        if (__builtin_mul_overflow(out, Integer{10}, &out)) return std::nullopt;
        if (__builtin_add_overflow(out, static_cast<Integer>(c - '0'), &out)) return std::nullopt;
    }
    return out;
}

/// A time as in nginx's confs: "10", "10s", "1500ms", "2m", "1h30m", "1d"; without a unit seconds.
std::optional<std::int64_t> parse_milliseconds(std::string_view s);

/// The candidate nearest to `word` by edits (Damerau-Levenshtein), if near enough to be what was meant; else "".
std::string_view nearest(std::string_view word, const std::string_view* begin, const std::string_view* end);

}  // namespace sluice::core
