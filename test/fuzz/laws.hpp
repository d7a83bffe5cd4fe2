// What the fuzz targets share.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string_view>

namespace sluice::fuzz {

/// A law that does not hold is a finding.
inline void require(bool holds, const char* law) {
    if (holds) return;
    std::fprintf(stderr, "broken law: %s\n", law);
    std::abort();
}

inline bool within(std::string_view part, std::string_view whole) {
    const std::less_equal<const char*> at_most;
    return part.empty() ||
           (at_most(whole.data(), part.data()) && at_most(part.data() + part.size(), whole.data() + whole.size()));
}

}  // namespace sluice::fuzz
