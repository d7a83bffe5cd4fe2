#include "core/base64.hpp"

#include <array>
#include <cstdint>

namespace sluice::core {

namespace {

constexpr std::uint8_t invalid = 0xff;

constexpr std::array<std::uint8_t, 256> values = [] {
    std::array<std::uint8_t, 256> out{};
    out.fill(invalid);
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < digits.size(); ++i)
        out[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
    return out;
}();

}  // namespace

std::optional<std::size_t> decode_base64(std::string_view text, char* out) {
    text = text.substr(0, text.find('='));
    if (text.size() % 4 == 1) return std::nullopt;
    std::uint32_t bits = 0;
    int count = 0;
    std::size_t size = 0;
    for (const char c : text) {
        const std::uint8_t value = values[static_cast<unsigned char>(c)];
        if (value == invalid) return std::nullopt;
        bits = bits << 6 | value;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out[size++] = static_cast<char>(bits >> count & 0xff);
    }
    return size;
}

}  // namespace sluice::core
