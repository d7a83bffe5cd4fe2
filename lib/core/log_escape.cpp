#include "core/log_escape.hpp"

namespace sluice::core {

namespace {

constexpr char hex[] = "0123456789ABCDEF";

/// Appends `text`, and what `write` makes of each byte that must not stand bare.
template <class Bare, class Write>
void append(std::string& out, std::string_view text, Bare is_bare, Write write) {
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (is_bare(c)) continue;
        out.append(text, plain, i - plain);
        plain = i + 1;
        write(c);
    }
    out.append(text, plain);
}

/// The letter behind the backslash, or 0.
constexpr char short_form(unsigned char c) {
    switch (c) {
        case '"':
            return '"';
        case '\\':
            return '\\';
        case '\b':
            return 'b';
        case '\f':
            return 'f';
        case '\n':
            return 'n';
        case '\r':
            return 'r';
        case '\t':
            return 't';
        default:
            return 0;
    }
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    append(
        out, text, [](unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; },
        [&](unsigned char c) {
            const char escaped[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
            out.append(escaped, 4);
        });
}

void append_json_escaped(std::string& out, std::string_view text) {
    append(
        out, text, [](unsigned char c) { return c >= 0x20 && c != '"' && c != '\\'; },
        [&](unsigned char c) {
            const char letter = short_form(c);
            const char escaped[6] = {'\\', letter ? letter : 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            out.append(escaped, letter ? 2 : 6);
        });
}

}  // namespace sluice::core
