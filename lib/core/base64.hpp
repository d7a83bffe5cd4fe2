// Base64 (RFC 4648 4).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice::core {

/// The most bytes that decode_base64() makes of `size` characters.
constexpr std::size_t base64_room(std::size_t size) { return (size + 3) / 4 * 3; }

/// Writes to `out`; the number of bytes. Like nginx lenient: padding may be missing, and what follows it is not looked
/// at. Nothing: another character, or a length that cannot be.
std::optional<std::size_t> decode_base64(std::string_view text, char* out);

}  // namespace sluice::core
