// Texts that fit a pattern: what a URL or a host must look like to be found by a regex.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sluice::bench {

/// A few texts that should match the regular expression, the plainest first: with each repetition as seldom as it may
/// be, and then once more. What it does not understand (look-around, back references) is passed over, so try them.
std::vector<std::string> samples_of_regex(std::string_view pattern);

}  // namespace sluice::bench
