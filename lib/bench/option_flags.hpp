// The flags of `sluice bench`, a row each: what options.cpp is made of besides the parser.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "bench/options.hpp"

namespace sluice::bench {

enum class Goes : std::uint8_t { both, bench, conf };

struct Flag {
    std::string_view name;
    char letter;               // 0: none
    std::string_view example;  // of its value; "" if it takes none
    bool repeats;
    Goes goes;
    std::string (*set)(Options&, std::string_view value);
};

std::span<const Flag> flags();

/// Names that other programs have for these flags.
struct OtherName {
    std::string_view name, ours;
};
std::span<const OtherName> other_names();

}  // namespace sluice::bench
