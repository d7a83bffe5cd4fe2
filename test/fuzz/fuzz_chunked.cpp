// Chunked bodies. Laws: the result does not depend on how the bytes are cut up; decoding touches nothing but the bytes
// it was given and never makes more of them; a payload written as chunks again is decoded to itself.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "http/chunked.hpp"
#include "laws.hpp"

namespace {

using namespace sluice::http;
using sluice::fuzz::require;

struct Decoded {
    ChunkState state = ChunkState::more;
    std::size_t consumed = 0;
    std::string payload;
    std::string why;

    bool operator==(const Decoded&) const = default;
};

/// Decodes `text` in pieces of `step` bytes.
Decoded decode(const std::string& text, std::size_t step) {
    ChunkDecoder decoder;
    Decoded out;
    for (std::size_t at = 0; at < text.size() && out.state == ChunkState::more; at += step) {
        std::string piece = text.substr(at, step);  // of its own, so that the sanitizer sees a step outside
        const ChunkDecoder::Step result = decoder.decode({piece.data(), piece.size()});
        require(result.consumed <= piece.size(), "no more consumed than given");
        require(result.payload <= result.consumed, "no more payload than consumed");
        require(result.state != ChunkState::more || result.consumed == piece.size(), "all consumed unless it is over");
        require((result.state == ChunkState::malformed) == (*result.why != '\0'), "a refusal has a reason");
        out.payload.append(piece, 0, result.payload);
        out.consumed += result.consumed;
        out.state = result.state;
        out.why = result.why;
    }
    return out;
}

std::string encode(const std::string& payload, std::size_t step) {
    std::string out;
    std::array<char, chunk_head_room> head;
    for (std::size_t at = 0; at < payload.size(); at += step) {
        const std::string piece = payload.substr(at, step);
        out.append(head.data(), write_chunk_head(head.data(), piece.size())).append(piece).append("\r\n");
    }
    return out.append(head.data(), write_chunk_head(head.data(), 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const Decoded whole = decode(text, std::max<std::size_t>(size, 1));
    for (const std::size_t step : {1, 2, 3, 5, 7, 16, 61}) {
        require(decode(text, step) == whole, "the same however it is cut");
        const std::string encoded = encode(whole.payload, step);
        require(decode(encoded, encoded.size()) == Decoded{ChunkState::done, encoded.size(), whole.payload, ""},
                "round trip");
    }
    return 0;
}
