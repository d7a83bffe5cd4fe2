// Small text functions of this folder.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::advice {

inline std::string lower_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), core::lower);
    return out;
}

/// "a, b and c"
inline std::string list_of(const std::vector<std::string>& parts, std::string_view last = "and") {
    const std::vector<std::string_view> views(parts.begin(), parts.end());
    return config::list(views, last);
}

}  // namespace sluice::advice
