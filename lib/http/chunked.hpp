// The chunked transfer coding (RFC 9112 7.1), decoded in place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::http {

enum class ChunkState : std::uint8_t { more, done, malformed };

/// Takes chunk framing out of a byte stream. One per body; 24 bytes; owns nothing.
/// Strict: CRLF only, hex digits only (at least one, at most 15 significant), extensions are skipped but bounded
/// (`max_extension` bytes in the whole body), quoted strings in them may hold anything but control characters.
class ChunkDecoder {
  public:
    static constexpr std::size_t max_extension = 16384;

    struct Step {
        ChunkState state = ChunkState::more;
        std::size_t consumed = 0;  // of the bytes given; the rest is not ours (done) or was not looked at (malformed)
        std::size_t payload = 0;   // decoded bytes, now at the front of `bytes`
        const char* why = "";      // malformed: in plain words
    };

    /// Decodes as much as `bytes` holds, moving payload to its front. `done` comes after the last chunk's line: the
    /// trailer section (RFC 9112 7.1.2, at least an empty line) follows at `consumed` and is parse_trailers' to read.
    Step decode(std::span<char> bytes);

    /// Bytes of the current chunk still to come; 0 between chunks. A hint for how much to read.
    std::uint64_t left() const { return at_ == At::data ? left_ : 0; }

  private:
    enum class At : std::uint8_t { size_first, size, blank, extension, quoted, quoted_pair, size_lf, data, data_cr, data_lf, done };
    const char* take(char c);
    const char* take_size(char c);
    const char* take_extension(char c);

    std::uint64_t left_ = 0;
    std::uint32_t extension_ = 0;
    std::uint8_t digits_ = 0;
    At at_ = At::size_first;
};

/// Room for `size` in hex, CRLF.
inline constexpr std::size_t chunk_head_room = 18;

/// Writes "SIZE\r\n" for a chunk of `size` bytes; returns the bytes written.
std::size_t write_chunk_head(char* out, std::uint64_t size);

}  // namespace sluice::http
