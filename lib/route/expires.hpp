// The directive expires.
#pragma once

#include <optional>
#include <string_view>

#include "http/head.hpp"
#include "route/settings.hpp"

namespace sluice::route {

/// "30d", "-1", "@15h30m", "epoch", "max", "off". `modified`: a time counts from Last-Modified. nullopt: `error` says why.
std::optional<Expires> parse_expires(std::string_view text, bool modified, const char*& error);

/// What Expires and Cache-Control say.
struct Freshness {
    std::int64_t expires = 0;  // seconds since the epoch
    std::int64_t max_age = 0;  // seconds; negative: no-cache
};
/// `expires` is not `off`. `last_modified`: of the answer, if known.
Freshness freshness(const Expires& expires, std::int64_t now, std::optional<std::int64_t> last_modified);

}  // namespace sluice::route
