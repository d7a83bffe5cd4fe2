// nginx's way to say how large the head of a request may be: a first buffer and a number of larger ones, where a line
// always lies in one piece.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::http {

struct HeadBuffers {
    std::size_t first = 1024;  // client_header_buffer_size
    std::size_t count = 4;     // large_client_header_buffers
    std::size_t size = 8192;

    /// No line that is longer fits, and no head.
    std::size_t longest_line() const { return first > size ? first : size; }
    std::size_t total() const { return first + count * size; }
};

enum class Held : std::size_t {
    all,
    request_line_too_long,
    field_too_long,  // or too many of them: a buffer more would be needed
};

/// `first_over` is the line that did not fit.
struct HeldHead {
    Held held = Held::all;
    std::string_view first_over;
};

/// Whether buffers like these hold a complete head. `before` holds for the bytes up to `changes_at` (where the line with the
/// host ends, from which on its site decides), `after` behind that. Lines that do not fit behind the ones before them begin
/// a new buffer; there may be `count` of those. Pure.
HeldHead hold(std::string_view head, const HeadBuffers& before, const HeadBuffers& after, std::size_t changes_at);

}  // namespace sluice::http
