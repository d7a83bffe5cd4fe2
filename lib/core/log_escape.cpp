#include "core/log_escape.hpp"

#include <cstdint>
#include <cstring>

namespace sluice::core {

namespace {

constexpr char hex[] = "0123456789ABCDEF";

/// Eight bytes looked at as one number: nearly all text is plain, and is passed over eight bytes at a time.
constexpr std::uint64_t each(unsigned char byte) { return 0x0101010101010101u * byte; }
/// Not 0 if, and only if, a byte of `eight` is less than `limit`, which is at most 128.
constexpr std::uint64_t any_below(std::uint64_t eight, unsigned char limit) {
    return (eight - each(limit)) & ~eight & each(0x80);
}
constexpr std::uint64_t any_equal(std::uint64_t eight, unsigned char byte) { return any_below(eight ^ each(byte), 1); }

struct Default {
    static bool plain(unsigned char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }
    static bool all_plain(std::uint64_t eight) {
        return !((eight & each(0x80)) | any_below(eight, 0x20) | any_equal(eight, 0x7f) | any_equal(eight, '"') |
                 any_equal(eight, '\\'));
    }
    static void write(std::string& out, unsigned char c) {
        const char escaped[4] = {'\\', 'x', hex[c >> 4], hex[c & 15]};
        out.append(escaped, 4);
    }
};

struct Json {
    static bool plain(unsigned char c) { return c >= 0x20 && c != '"' && c != '\\'; }
    static bool all_plain(std::uint64_t eight) {
        return !(any_below(eight, 0x20) | any_equal(eight, '"') | any_equal(eight, '\\'));
    }
    static void write(std::string& out, unsigned char c) {
        const char letter = short_form(c);
        const char escaped[6] = {'\\', letter ? letter : 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        out.append(escaped, letter ? 2 : 6);
    }

  private:
    /// The letter behind the backslash, or 0.
    static constexpr char short_form(unsigned char c) {
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
};

/// Where the first byte at or after `from` is that must not stand bare.
template <class Rule>
std::size_t find_unsafe(std::string_view text, std::size_t from) {
    for (std::uint64_t eight; text.size() - from >= sizeof eight; from += sizeof eight) {
        std::memcpy(&eight, text.data() + from, sizeof eight);
        if (!Rule::all_plain(eight)) break;
    }
    while (from < text.size() && Rule::plain(static_cast<unsigned char>(text[from]))) ++from;
    return from;
}

template <class Rule>
void append(std::string& out, std::string_view text) {
    for (std::size_t from = 0;;) {
        const auto at = find_unsafe<Rule>(text, from);
        out.append(text, from, at - from);
        if (at == text.size()) return;
        Rule::write(out, static_cast<unsigned char>(text[at]));
        from = at + 1;
    }
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) { append<Default>(out, text); }

void append_json_escaped(std::string& out, std::string_view text) { append<Json>(out, text); }

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        if (first < 0x80) {
            ++i;
            continue;
        }
        const std::size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
        if (first < 0xc2 || first > 0xf4 || text.size() - i <= more) return false;
        // The second byte rules out overlong forms, surrogates and what is beyond the last character.
        const auto second = static_cast<unsigned char>(text[i + 1]);
        const unsigned least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        const unsigned most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (second < least || second > most) return false;
        for (std::size_t k = 2; k <= more; ++k)
            if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
        i += more + 1;
    }
    return true;
}

std::string from_latin1(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80)
            out += c;
        else
            out += {static_cast<char>(0xc0 | byte >> 6), static_cast<char>(0x80 | (byte & 0x3f))};
    }
    return out;
}

}  // namespace sluice::core
