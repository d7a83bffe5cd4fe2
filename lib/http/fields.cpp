// Names of fields and methods, and what is asked of a list of fields.
#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

#include "core/text.hpp"
#include "http/head.hpp"
#include "http/scan.hpp"

namespace sluice::http {

NameShape shape_of_name(std::string_view name) {
    auto out = NameShape::plain;
    for (const char c : name) {
        if (scan::in(scan::plain_table, c)) continue;
        if (!scan::is_token_char(c)) return NameShape::other;
        out = std::max(out, c == '_' ? NameShape::underscores : NameShape::token);
    }
    return out;
}
namespace {

/// A literal as the words `name_is` compares: the last word overlaps the one before where the length is no multiple.
/// `fold` has 0x20 where the literal has a letter, so that '-' matches '-' only.
template <class Word, std::size_t N>
struct Pattern {
    static constexpr std::size_t count = (N + sizeof(Word) - 1) / sizeof(Word);
    std::array<Word, count> text{}, fold{};

    static constexpr std::size_t offset(std::size_t i) { return i + 1 == count ? N - sizeof(Word) : i * sizeof(Word); }

    constexpr explicit Pattern(const char* literal) {
        for (std::size_t i = 0; i < count; ++i) {
            for (std::size_t b = 0; b < sizeof(Word); ++b) {
                const char c = literal[offset(i) + b];
                const std::size_t shift = 8 * (std::endian::native == std::endian::little ? b : sizeof(Word) - 1 - b);
                text[i] = static_cast<Word>(text[i] | Word{static_cast<unsigned char>(c)} << shift);
                if (c >= 'a' && c <= 'z') fold[i] = static_cast<Word>(fold[i] | Word{0x20} << shift);
            }
        }
    }
};

template <std::size_t N>
using WordFor = std::conditional_t<(N >= 8), std::uint64_t, std::conditional_t<(N >= 4), std::uint32_t, std::uint16_t>>;

/// A lower-case literal usable as a template argument.
template <std::size_t N>
struct Literal {
    char text[N];
    constexpr Literal(const char (&from)[N]) {
        for (std::size_t i = 0; i < N; ++i) text[i] = from[i];
    }
};

/// Whether `name`, which must be as long as the literal, is the literal in any case. Two or three word compares.
template <Literal L>
bool name_is(const char* name) {
    constexpr std::size_t n = sizeof(L.text) - 1;
    using Word = WordFor<n>;
    static constexpr Pattern<Word, n> pattern{L.text};
    for (std::size_t i = 0; i < pattern.count; ++i) {
        Word word;
        std::memcpy(&word, name + pattern.offset(i), sizeof word);
        if ((word | pattern.fold[i]) != pattern.text[i]) return false;
    }
    return true;
}

/// Those that nginx knows; the length is one of theirs.
bool is_accel(std::string_view name) {
    if (!name_is<"x-accel-">(name.data())) return false;
    const char* const p = name.data();
    switch (name.size()) {
        case 15:
            return name_is<"x-accel-expires">(p) || name_is<"x-accel-charset">(p);
        case 16:
            return name_is<"x-accel-redirect">(p);
        case 17:
            return name_is<"x-accel-buffering">(p);
        default:
            return name_is<"x-accel-limit-rate">(p);
    }
}

}  // namespace

FieldId field_id(std::string_view name) {
    using enum FieldId;
    const char* const p = name.data();
    switch (name.size()) {
        case 2:
            return name_is<"te">(p) ? te : other;
        case 4:
            return name_is<"host">(p) ? host : name_is<"date">(p) ? date : name_is<"etag">(p) ? etag : other;
        case 5:
            return name_is<"range">(p) ? range : other;
        case 6:
            return name_is<"server">(p) ? server : name_is<"expect">(p) ? expect : other;
        case 7:
            return name_is<"referer">(p)   ? referer
                   : name_is<"upgrade">(p) ? upgrade
                   : name_is<"expires">(p) ? expires
                   : name_is<"refresh">(p) ? refresh
                   : name_is<"trailer">(p) ? trailer
                                           : other;
        case 8:
            return name_is<"location">(p)   ? location
                   : name_is<"if-match">(p) ? if_match
                   : name_is<"if-range">(p) ? if_range
                                            : other;
        case 9:
            return name_is<"x-real-ip">(p) ? x_real_ip : other;
        case 10:
            return name_is<"user-agent">(p)   ? user_agent
                   : name_is<"connection">(p) ? connection
                   : name_is<"keep-alive">(p) ? keep_alive
                   : name_is<"set-cookie">(p) ? set_cookie
                                              : other;
        case 12:
            return name_is<"content-type">(p) ? content_type : other;
        case 13:
            return name_is<"cache-control">(p)   ? cache_control
                   : name_is<"last-modified">(p) ? last_modified
                   : name_is<"accept-ranges">(p) ? accept_ranges
                   : name_is<"authorization">(p) ? authorization
                   : name_is<"content-range">(p) ? content_range
                   : name_is<"if-none-match">(p) ? if_none_match
                                                 : other;
        case 14:
            return name_is<"content-length">(p) ? content_length : other;
        case 15:
            return name_is<"accept-encoding">(p)   ? accept_encoding
                   : name_is<"x-forwarded-for">(p) ? x_forwarded_for
                   : is_accel(name)                ? x_accel
                                                   : other;
        case 16:
            return name_is<"x-forwarded-host">(p)   ? x_forwarded_host
                   : name_is<"proxy-connection">(p) ? proxy_connection
                   : name_is<"content-encoding">(p) ? content_encoding
                   : name_is<"www-authenticate">(p) ? www_authenticate
                   : is_accel(name)                 ? x_accel
                                                    : other;
        case 17:
            return name_is<"transfer-encoding">(p)   ? transfer_encoding
                   : name_is<"x-forwarded-proto">(p) ? x_forwarded_proto
                   : name_is<"if-modified-since">(p) ? if_modified_since
                   : is_accel(name)                  ? x_accel
                                                     : other;
        case 18:
            return name_is<"proxy-authenticate">(p) ? proxy_authenticate : is_accel(name) ? x_accel : other;
        case 19:
            return name_is<"proxy-authorization">(p)   ? proxy_authorization
                   : name_is<"if-unmodified-since">(p) ? if_unmodified_since
                                                       : other;
        default:
            return other;
    }
}

bool is_idempotent(Method method) {
    switch (method) {
        case Method::get:
        case Method::head:
        case Method::put:
        case Method::delete_:
        case Method::options:
        case Method::trace:
            return true;
        default:
            return false;
    }
}

const Field* find(const Fields& fields, FieldId id) {
    if (!fields.may_have(id)) return nullptr;
    for (const Field& field : fields)
        if (field.id == id) return &field;
    return nullptr;
}

bool list_contains(std::string_view list, std::string_view token) {
    for (;;) {
        const std::size_t comma = list.find(',');
        if (core::iequals(core::trim(list.substr(0, comma)), token)) return true;
        if (comma == std::string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace sluice::http
