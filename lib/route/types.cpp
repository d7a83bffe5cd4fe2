#include "route/types.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"

namespace sluice::route {

namespace {
constexpr std::size_t longest_ending = 64;
}

bool Types::add(std::string_view ending, std::string_view type) {
    std::string key(ending);
    std::ranges::transform(key, key.begin(), core::lower);
    return by_ending_.insert_or_assign(std::move(key), type).second;
}

std::string_view Types::of_ending(std::string_view ending) const {
    if (ending.empty() || ending.size() > longest_ending) return {};
    std::array<char, longest_ending> key;
    std::ranges::transform(ending, key.begin(), core::lower);
    const auto known = by_ending_.find(std::string_view(key.data(), ending.size()));
    return known == by_ending_.end() ? std::string_view{} : std::string_view(known->second);
}

Types Types::usual() {
    Types out;
    out.add("html", "text/html");
    out.add("gif", "image/gif");
    out.add("jpg", "image/jpeg");
    return out;
}

std::string_view ending_of(std::string_view uri) {
    for (std::size_t i = uri.size(); i-- > 2;) {
        if (uri[i] == '/') return {};
        if (uri[i] == '.' && uri[i - 1] != '/') return uri.substr(i + 1);
    }
    return {};
}

}  // namespace sluice::route
