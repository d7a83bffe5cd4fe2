// Values of flags: each function sets what it is given, or returns what is wrong with the value; "" if nothing is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::bench {

/// Bytes: more than that is not read from a file, or made up as a body.
inline constexpr std::uint64_t most_read = 256u << 20;

template <class T>
std::string set_number(T& out, std::string_view value, T least, T most) {
    const auto number = core::parse_number<T>(value);
    if (!number || *number < least || *number > most)
        return config::concat({"is no number from ", std::to_string(least), " to ", std::to_string(most)});
    out = *number;
    return "";
}

/// Nothing can be wrong.
template <class T, class Value>
std::string set_to(T& out, const Value& value) {
    out = value;
    return "";
}

/// One of two words; true for the first.
std::string set_choice(bool& out, std::string_view value, std::string_view first, std::string_view second);
/// Seconds.
std::string set_span(double& out, std::string_view value);
/// The name of a file that can be read.
std::string set_read_file(std::string& out, std::string_view value);
/// That of one that can be written: asked now, not when the run is over and its result would be lost.
std::string set_written_file(std::string& out, std::string_view value);
/// What a file holds, behind what is in `out`.
std::string read_file(std::string_view path, std::string& out);

}  // namespace sluice::bench
