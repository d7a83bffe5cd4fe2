// "%XX": writing it where a byte may not stand bare, and reading it, both as nginx does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::core {
class Arena;
}

namespace sluice::route {

/// The value of a hexadecimal digit; 16 for what is none.
constexpr std::size_t hex_digit(char c) {
    if (c >= '0' && c <= '9') return std::size_t(c - '0');
    const char low = static_cast<char>(c | 0x20);
    return low >= 'a' && low <= 'f' ? std::size_t(low - 'a' + 10) : 16;
}

/// What must not stand bare.
enum class Escape : std::uint8_t {
    uri,        // in a path: controls, space, " # % < > ? \ ^ ` { | }, DEL and above
    args,       // in an argument: those of a path, and & + ;
    component,  // all but letters, digits and - . _ ~
    line,       // in the value of a field: controls but the tab, and DEL; what came decoded must not begin a line of its own
    word,       // in a request line: those and space and tab
};

/// Appends `text` with all that `what` names as "%XX", in capitals.
void escape(std::string_view text, Escape what, std::string& out);

/// `text` itself if there is nothing to escape, else a copy in the arena.
std::string_view escape(std::string_view text, Escape what, core::Arena& arena);

/// The number of bytes that escape() would write as three.
std::size_t count_escapes(std::string_view text, Escape what);

/// How much is decoded.
enum class Unescape : std::uint8_t {
    all,       // everything
    uri,       // everything up to and with the first '?', also one that was quoted; the rest stays
    redirect,  // the same, but only what is safe in a URI: between '%' and DEL; rewrite's redirects
};

/// Appends `text` decoded. As in nginx, a '%' without a hexadecimal digit behind it is dropped, and one with a single
/// digit is dropped with the digit and what follows.
void unescape(std::string_view text, Unescape what, std::string& out);

}  // namespace sluice::route
