// Finding the first byte that ends or breaks a part of a head: 16 bytes at a time with SSE2, 8 without.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice::http::scan {

using Table = std::array<bool, 256>;

/// tchar (RFC 9110 5.6.2).
inline constexpr Table token_table = [] {
    Table table{};
    for (int c = '0'; c <= '9'; ++c) table[std::size_t(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) table[std::size_t(c)] = table[std::size_t(c - 0x20)] = true;
    for (const char c : std::string_view{"!#$%&'*+-.^_`|~"}) table[std::size_t(c)] = true;
    return table;
}();

/// What nearly every field's name is made of: what nginx takes for valid without underscores_in_headers.
inline constexpr Table plain_table = [] {
    Table table{};
    for (int c = '0'; c <= '9'; ++c) table[std::size_t(c)] = true;
    for (int c = 'a'; c <= 'z'; ++c) table[std::size_t(c)] = table[std::size_t(c - 0x20)] = true;
    table['-'] = true;
    return table;
}();

/// What nginx reads as part of a field's name at all: no control characters, no space, no colon.
inline constexpr Table odd_name_table = [] {
    Table table{};
    for (std::size_t c = 0x21; c < 256; ++c) table[c] = c != 0x7f && c != ':';
    return table;
}();

/// What a field value or a reason phrase may hold (RFC 9110 5.5): HTAB, space, visible ASCII, obs-text.
inline constexpr Table value_table = [] {
    Table table{};
    for (std::size_t c = 0x20; c < 256; ++c) table[c] = c != 0x7f;
    table['\t'] = true;
    return table;
}();

/// What a target may hold as far as the request line goes: no control characters, no space.
inline constexpr Table target_table = [] {
    Table table{};
    for (std::size_t c = 0x21; c < 256; ++c) table[c] = c != 0x7f;
    return table;
}();

/// What the path of a target may hold: what the target may, up to its query or fragment.
inline constexpr Table path_table = [] {
    Table table = target_table;
    table['?'] = table['#'] = false;
    return table;
}();

inline bool in(const Table& table, char c) { return table[static_cast<unsigned char>(c)]; }
inline bool is_token_char(char c) { return in(token_table, c); }
inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// The first N bytes at `p` are those of `text`. Two loads that overlap where N is no power of two: short compares of
/// other sizes would be calls.
template <std::size_t N>
bool same(const char* p, const char* text) {
    using Word =
        std::conditional_t<(N >= 8), std::uint64_t, std::conditional_t<(N >= 4), std::uint32_t, std::uint16_t>>;
    static_assert(N >= 2 && N <= 2 * sizeof(Word));
    constexpr std::size_t last = N - sizeof(Word);
    Word a[2], b[2];
    std::memcpy(&a[0], p, sizeof(Word)), std::memcpy(&a[1], p + last, sizeof(Word));
    std::memcpy(&b[0], text, sizeof(Word)), std::memcpy(&b[1], text + last, sizeof(Word));
    return a[0] == b[0] && a[1] == b[1];
}

inline bool is_token(std::string_view text) {
    for (const char c : text)
        if (!is_token_char(c)) return false;
    return !text.empty();
}

inline const char* end_in(const Table& table, const char* p, const char* end) {
    while (p != end && in(table, *p)) ++p;
    return p;
}

/// The words of 8 bytes that hold a byte below `Least`, or DEL. Exact, but HTAB is below.
template <unsigned char Least>
bool has_stop(std::uint64_t word) {
    constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
    const std::uint64_t del = word ^ (ones * 0x7f);
    return ((((word - ones * Least) & ~word) | ((del - ones) & ~del)) & highs) != 0;
}

/// The first byte of [p, end) outside `table`, which refuses bytes below `Least` (but may allow HTAB) and DEL.
template <unsigned char Least>
const char* portable_end(const Table& table, const char* p, const char* end) {
    while (end - p >= 8) {
        std::uint64_t word;
        std::memcpy(&word, p, 8);
        if (has_stop<Least>(word)) {
            const char* const stop = end_in(table, p, p + 8);
            if (stop != p + 8) return stop;
        }
        p += 8;
    }
    return end_in(table, p, end);
}

#if defined(__SSE2__)
inline __m128i load(const char* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
inline __m128i at_most(__m128i v, char c) { return _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(c)), v); }
inline __m128i equal(__m128i v, char c) { return _mm_cmpeq_epi8(v, _mm_set1_epi8(c)); }
inline unsigned bits(__m128i v) { return static_cast<unsigned>(_mm_movemask_epi8(v)); }

/// The first byte of [p, end) for which `stops` sets a bit, or `end`. A last part of less than 16 bytes is loaded with
/// what lies before it, as far as `begin`; nullptr when even that is too short.
template <class Stops>
[[gnu::always_inline]] inline const char* first_stop(const char* begin, const char* p, const char* end, Stops stops) {
    for (; end - p >= 16; p += 16)
        if (const unsigned found = stops(load(p))) return p + std::countr_zero(found);
    if (end - begin < 16) return nullptr;
    const unsigned found = stops(load(end - 16)) >> (16 - (end - p));
    return found ? p + std::countr_zero(found) : end;
}
#endif

// `begin`, at most p, is where the text begins of which p is in the midst: bytes from there on may be read again.

/// The first byte that no field value may hold: in a good head the CR or LF of its line.
inline const char* value_end([[maybe_unused]] const char* begin, const char* p, const char* end) {
#if defined(__SSE2__)
    const auto stops = [](__m128i v) {
        return bits(_mm_or_si128(_mm_andnot_si128(equal(v, '\t'), at_most(v, 0x1f)), equal(v, 0x7f)));
    };
    if (const char* const stop = first_stop(begin, p, end, stops)) return stop;
#endif
    return portable_end<0x20>(value_table, p, end);
}

/// The first byte that no target may hold: in a good request line the space after it.
inline const char* target_end([[maybe_unused]] const char* begin, const char* p, const char* end) {
#if defined(__SSE2__)
    const auto stops = [](__m128i v) { return bits(_mm_or_si128(at_most(v, 0x20), equal(v, 0x7f))); };
    if (const char* const stop = first_stop(begin, p, end, stops)) return stop;
#endif
    return portable_end<0x21>(target_table, p, end);
}

/// The first byte that no target may hold, or that ends its path: '?' or '#'.
inline const char* path_end([[maybe_unused]] const char* begin, const char* p, const char* end) {
#if defined(__SSE2__)
    const auto stops = [](__m128i v) {
        const __m128i marks = _mm_or_si128(equal(v, '?'), equal(v, '#'));
        return bits(_mm_or_si128(marks, _mm_or_si128(at_most(v, 0x20), equal(v, 0x7f))));
    };
    if (const char* const stop = first_stop(begin, p, end, stops)) return stop;
#endif
    return end_in(path_table, p, end);
}

/// The first byte outside `table`, which holds letters and '-'. Those go by 16, since nearly all names hold nothing else; a
/// loop over bytes costs a mispredicted branch per name.
inline const char* name_end([[maybe_unused]] const char* begin, const char* p, const char* end, const Table& table) {
#if defined(__SSE2__)
    const auto stops = [](__m128i v) {
        const __m128i from_a = _mm_sub_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
        return bits(_mm_or_si128(at_most(from_a, 25), equal(v, '-'))) ^ 0xffffu;
    };
    if (const char* const stop = first_stop(begin, p, end, stops)) p = stop;
    if (p != end && *p == ':') return p;
#endif
    return end_in(table, p, end);
}

/// The first byte that is not a tchar.
inline const char* token_end(const char* begin, const char* p, const char* end) { return name_end(begin, p, end, token_table); }
/// The first byte that is no letter, digit or '-'.
inline const char* plain_end(const char* begin, const char* p, const char* end) { return name_end(begin, p, end, plain_table); }

}  // namespace sluice::http::scan
