#include "route/escape.hpp"

#include <algorithm>
#include <array>

#include "core/arena.hpp"

namespace sluice::route {

namespace {

using Table = std::array<bool, 256>;

constexpr bool in(const Table& table, char c) { return table[static_cast<unsigned char>(c)]; }

constexpr Table table_of(std::string_view also) {
    Table table{};
    for (std::size_t c = 0; c < 256; ++c) table[c] = c <= 0x20 || c >= 0x7f;
    for (const char c : also) table[std::size_t(c)] = true;
    return table;
}

constexpr Table component_table = [] {
    Table table{};
    table.fill(true);
    for (std::size_t c = 'a'; c <= 'z'; ++c) table[c] = table[c - 0x20] = false;
    for (const char c : std::string_view{"0123456789-._~"}) table[std::size_t(c)] = false;
    return table;
}();

/// Controls and DEL.
constexpr Table line_table(bool blanks) {
    Table table{};
    for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
    table[0x7f] = true;
    table[' '] = table['\t'] = blanks;
    return table;
}

/// By Escape's values.
constexpr Table escaped[] = {table_of("\"#%<>?\\^`{|}"), table_of("\"#%<>?\\^`{|}&+;"), component_table, line_table(false),
                             line_table(true)};

const Table& table_for(Escape what) { return escaped[static_cast<std::size_t>(what)]; }

/// What stands for the decoded byte `c`, written as `quoted`.
void put(char c, std::string_view quoted, Unescape what, std::string& out) {
    const bool bare = what != Unescape::redirect || (c > '%' && c < 0x7f);
    if (bare)
        out += c;
    else
        out += quoted;
}

}  // namespace

void escape(std::string_view text, Escape what, std::string& out) {
    constexpr char hex[] = "0123456789ABCDEF";
    const Table& table = table_for(what);
    while (!text.empty()) {
        const auto stop = std::ranges::find_if(text, [&table](char c) { return in(table, c); });
        const auto bare = static_cast<std::size_t>(stop - text.begin());
        out += text.substr(0, bare);
        text.remove_prefix(bare);
        if (text.empty()) return;
        const auto byte = static_cast<unsigned char>(text.front());
        out.append({'%', hex[byte >> 4], hex[byte & 15]});
        text.remove_prefix(1);
    }
}

std::string_view escape(std::string_view text, Escape what, core::Arena& arena) {
    const Table& table = table_for(what);
    if (std::ranges::none_of(text, [&table](char c) { return in(table, c); })) return text;
    std::string out;
    escape(text, what, out);
    return arena.keep(out);
}

std::size_t count_escapes(std::string_view text, Escape what) {
    const Table& table = table_for(what);
    return static_cast<std::size_t>(std::ranges::count_if(text, [&table](char c) { return in(table, c); }));
}

void unescape(std::string_view text, Unescape what, std::string& out) {
    const bool stops = what != Unescape::all;
    while (!text.empty()) {
        char c = text.front();
        if (c != '%') {
            out += c;
            text.remove_prefix(1);
        } else if (text.size() > 1 && hex_digit(text[1]) > 15) {
            out += text[1];
            text.remove_prefix(2);
            continue;
        } else {
            const std::string_view quoted = text.substr(0, 3);
            text.remove_prefix(quoted.size());
            if (quoted.size() < 3 || hex_digit(quoted[2]) > 15) continue;
            c = static_cast<char>(hex_digit(quoted[1]) << 4 | hex_digit(quoted[2]));
            if (stops && c == '?')
                out += c;
            else
                put(c, quoted, what, out);
        }
        if (stops && c == '?') {
            out += text;
            return;
        }
    }
}

}  // namespace sluice::route
