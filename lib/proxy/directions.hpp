// What a peer tells us, not the client: nginx's X-Accel-* fields.
#pragma once

#include <optional>
#include <string_view>

#include "http/head.hpp"

namespace sluice::proxy {

/// Views of the fields. X-Accel-Expires is for a cache.
struct Directions {
    std::optional<std::string_view> redirect;    // X-Accel-Redirect: a URI or "@name" that answers instead
    std::optional<std::uint64_t> limit_rate;     // X-Accel-Limit-Rate: bytes in a second; 0: any
    std::optional<bool> buffering;               // X-Accel-Buffering
    std::string_view charset;                    // X-Accel-Charset
};

/// But for those that proxy_ignore_headers names (route/settings, ignored). Of several lines the first counts of Redirect and
/// Limit-Rate, the last of the others; what cannot be read says nothing. All as in nginx.
Directions read_directions(const http::Fields& fields, std::uint32_t ignored);

/// Removes lines that repeat a field that can have only one value: the first counts, as in nginx.
void drop_repeated(http::Fields& fields);

}  // namespace sluice::proxy
