#include "config/unicode.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace sluice::config {

namespace {

/// How many bytes `lead` announces, or 0.
std::size_t announced(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead < 0xe0) return 2;
    if (lead >= 0xe0 && lead < 0xf0) return 3;
    if (lead >= 0xf0 && lead < 0xf5) return 4;
    return 0;
}

bool is_minimal(char32_t value, std::size_t length) {
    if (length == 3) return value >= 0x800 && (value < 0xd800 || value > 0xdfff);
    return length != 4 || (value >= 0x10000 && value <= 0x10ffff);
}

struct Range {
    char32_t first;
    char32_t last;
};

// Good enough for carets to stand where they should: East Asian wide and fullwidth, and emoji.
constexpr Range wide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0xa4cf},  {0xac00, 0xd7a3},
                          {0xf900, 0xfaff},   {0xfe30, 0xfe4f},   {0xff00, 0xff60},  {0xffe0, 0xffe6},
                          {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};
constexpr Range without_width[] = {{0x0300, 0x036f}, {0x200b, 0x200f}, {0x202a, 0x202e}, {0x2060, 0x2064},
                                   {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}};

template <std::size_t N>
bool is_in(const Range (&ranges)[N], char32_t c) {
    return std::ranges::any_of(ranges, [c](const Range& r) { return c >= r.first && c <= r.last; });
}

using Means = LookAlike::Means;

constexpr LookAlike look_alikes[] = {
    {0x00a0, Means::space, "no-break space", "a space"},
    {0x00ad, Means::nothing, "soft hyphen", ""},
    {0x0085, Means::space, "next line", "a line break"},
    {0x037e, Means::semicolon, "Greek question mark", ";"},
    {0x2000, Means::space, "en quad", "a space"},
    {0x2001, Means::space, "em quad", "a space"},
    {0x2002, Means::space, "en space", "a space"},
    {0x2003, Means::space, "em space", "a space"},
    {0x2007, Means::space, "figure space", "a space"},
    {0x2009, Means::space, "thin space", "a space"},
    {0x200a, Means::space, "hair space", "a space"},
    {0x200b, Means::nothing, "zero width space", ""},
    {0x200c, Means::nothing, "zero width non-joiner", ""},
    {0x200d, Means::nothing, "zero width joiner", ""},
    {0x200e, Means::nothing, "left-to-right mark", ""},
    {0x200f, Means::nothing, "right-to-left mark", ""},
    {0x2018, Means::single_quote, "left single quotation mark", "'"},
    {0x2019, Means::single_quote, "right single quotation mark", "'"},
    {0x201a, Means::single_quote, "single low quotation mark", "'"},
    {0x201b, Means::single_quote, "single reversed quotation mark", "'"},
    {0x201c, Means::double_quote, "left double quotation mark", "\""},
    {0x201d, Means::double_quote, "right double quotation mark", "\""},
    {0x201e, Means::double_quote, "double low quotation mark", "\""},
    {0x201f, Means::double_quote, "double reversed quotation mark", "\""},
    {0x2028, Means::space, "line separator", "a line break"},
    {0x2029, Means::space, "paragraph separator", "a line break"},
    {0x202f, Means::space, "narrow no-break space", "a space"},
    {0x2060, Means::nothing, "word joiner", ""},
    {0x3000, Means::space, "ideographic space", "a space"},
    {0xfeff, Means::nothing, "byte order mark", ""},
    {0xff02, Means::double_quote, "fullwidth quotation mark", "\""},
    {0xff03, Means::hash, "fullwidth number sign", "#"},
    {0xff07, Means::single_quote, "fullwidth apostrophe", "'"},
    {0xff1b, Means::semicolon, "fullwidth semicolon", ";"},
    {0xff5b, Means::open, "fullwidth left curly bracket", "{"},
    {0xff5d, Means::close, "fullwidth right curly bracket", "}"},
};

}  // namespace

CodePoint first_code_point(std::string_view s) {
    if (s.empty()) return {0, 0, false};
    const auto lead = static_cast<unsigned char>(s[0]);
    const std::size_t length = announced(lead);
    if (length == 1) return {lead, 1, true};
    if (length == 0 || length > s.size()) return {lead, 1, false};
    char32_t value = lead & (0x7fu >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(s[i]);
        if ((byte & 0xc0u) != 0x80u) return {lead, 1, false};
        value = (value << 6) | (byte & 0x3fu);
    }
    if (!is_minimal(value, length)) return {lead, 1, false};
    return {value, length, true};
}

std::size_t count_code_points(std::string_view s) {
    std::size_t out = 0;
    for (; !s.empty(); ++out) s.remove_prefix(first_code_point(s).length);
    return out;
}

unsigned display_width(char32_t c) { return is_in(without_width, c) ? 0 : is_in(wide, c) ? 2 : 1; }

const LookAlike* find_look_alike(char32_t c) {
    const auto row = std::ranges::find(look_alikes, c, &LookAlike::value);
    return row == std::end(look_alikes) ? nullptr : row;
}

std::string code_point_name(char32_t c) {
    std::string digits;
    for (auto rest = static_cast<std::uint32_t>(c); rest != 0 || digits.size() < 4; rest >>= 4)
        digits.insert(digits.begin(), "0123456789ABCDEF"[rest & 15u]);
    return "U+" + digits;
}

}  // namespace sluice::config
