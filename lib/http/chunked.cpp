#include "http/chunked.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "http/scan.hpp"

namespace sluice::http {
namespace {

constexpr int max_digits = 15;
constexpr const char* extension_too_long = "chunk extensions are longer than allowed";

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = static_cast<char>(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

/// The size's digits and what may follow them. Leading zeros count as extension: they are as pointless and as endless.
const char* ChunkDecoder::take_size(char c) {
    if (const int value = hex_value(c); value >= 0) {
        at_ = At::size;
        if (value == 0 && left_ == 0) return ++extension_ > max_extension ? extension_too_long : nullptr;
        left_ = left_ << 4 | static_cast<std::uint64_t>(value);
        return ++digits_ > max_digits ? "a chunk size has too many digits" : nullptr;
    }
    if (at_ == At::size_first) return "a chunk begins with its size in hex digits";
    if (c == '\r')
        at_ = At::size_lf;
    else if (scan::is_blank(c))
        at_ = At::blank;
    else if (c == ';')
        at_ = At::extension;
    else
        return c == '\n' ? "a chunk size line ends in a line feed alone"
                         : "a chunk size holds something else than hex digits";
    return nullptr;
}

/// RFC 9112 7.1.1: *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] ), of which only the bytes are
/// checked.
const char* ChunkDecoder::take_extension(char c) {
    if (++extension_ > max_extension) return extension_too_long;
    if (at_ == At::quoted_pair || at_ == At::quoted) {
        if (!scan::in(scan::value_table, c)) return "a control character in a chunk extension";
        if (at_ == At::quoted_pair)
            at_ = At::quoted;
        else if (c == '\\')
            at_ = At::quoted_pair;
        else if (c == '"')
            at_ = At::extension;
        return nullptr;
    }
    if (at_ == At::blank) {
        if (scan::is_blank(c)) return nullptr;
        if (c != ';') return "white space after a chunk size";
        at_ = At::extension;
        return nullptr;
    }
    if (c == '\r')
        at_ = At::size_lf;
    else if (c == '"')
        at_ = At::quoted;
    else if (!scan::is_token_char(c) && !scan::is_blank(c) && c != ';' && c != '=')
        return "a chunk extension holds a byte that is not allowed there";
    return nullptr;
}

/// One byte of framing; what is wrong with it, or nullptr.
const char* ChunkDecoder::take(char c) {
    switch (at_) {
        case At::size_first:
        case At::size:
            return take_size(c);
        case At::blank:
        case At::extension:
        case At::quoted:
        case At::quoted_pair:
            return take_extension(c);
        case At::size_lf:
            if (c != '\n') return "a chunk size line has a carriage return without a line feed";
            at_ = left_ == 0 ? At::done : At::data;
            return nullptr;
        case At::data_cr:
            if (c != '\r') return "a chunk is longer than its size says";
            at_ = At::data_lf;
            return nullptr;
        case At::data_lf:
            if (c != '\n') return "a chunk's data ends in a carriage return without a line feed";
            at_ = At::size_first;
            digits_ = 0;
            return nullptr;
        case At::data:
        case At::done:
            break;
    }
    return nullptr;
}

ChunkDecoder::Step ChunkDecoder::decode(std::span<char> bytes) {
    char* in = bytes.data();
    char* const end = in + bytes.size();
    Step step;
    while (in != end && at_ != At::done) {
        if (at_ == At::data) {
            const std::size_t n = std::min<std::uint64_t>(left_, static_cast<std::size_t>(end - in));
            char* const out = bytes.data() + step.payload;
            if (out != in) std::memmove(out, in, n);
            in += n;
            step.payload += n;
            left_ -= n;
            if (left_ == 0) at_ = At::data_cr;
        } else if (const char* why = take(*in)) {
            step.state = ChunkState::malformed;
            step.why = why;
            break;
        } else {
            ++in;
        }
    }
    step.consumed = static_cast<std::size_t>(in - bytes.data());
    if (at_ == At::done) step.state = ChunkState::done;
    return step;
}

std::size_t write_chunk_head(char* out, std::uint64_t size) {
    const auto digits = static_cast<std::size_t>(std::max(1, (static_cast<int>(std::bit_width(size)) + 3) / 4));
    for (std::size_t i = digits; i-- > 0; size >>= 4) out[i] = "0123456789abcdef"[size & 15];
    out[digits] = '\r';
    out[digits + 1] = '\n';
    return digits + 2;
}

}  // namespace sluice::http
