// As much of Unicode as messages need: code points, how wide they are shown, which pass for ASCII.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::config {

/// The first code point of a text. What is not UTF-8 is one byte long and not `valid`.
struct CodePoint {
    char32_t value = 0;
    std::size_t length = 0;
    bool valid = true;
};
CodePoint first_code_point(std::string_view s);

std::size_t count_code_points(std::string_view s);

/// Columns in a terminal: 0, 1 or 2.
unsigned display_width(char32_t c);

/// A character that looks like ASCII, or like nothing at all, and comes in by copying from web pages and word
/// processors.
struct LookAlike {
    enum class Means { space, nothing, double_quote, single_quote, semicolon, open, close, hash, other };
    char32_t value;
    Means means;
    std::string_view name;
    std::string_view ascii;  // what to type instead
};
const LookAlike* find_look_alike(char32_t c);

/// "U+201C"
std::string code_point_name(char32_t c);

}  // namespace sluice::config
