// What stands in the entries of a geo: ranges, and what to write in place of what is neither range nor network.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::vars {

struct AddressRange {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
};

/// "10.0.0.0-10.0.0.255"; whether it ends before it starts is the caller's to see.
std::optional<AddressRange> parse_range(std::string_view text);
std::string to_text(std::uint32_t first, std::uint32_t last);

/// `may_be_range`: whether the block could be one of ranges instead.
std::string help_for_network(std::string_view text, bool may_be_range);
std::string help_for_range(std::string_view text);

}  // namespace sluice::vars
