// proxy_redirect, proxy_cookie_domain, proxy_cookie_path and proxy_cookie_flags, as nginx has them.
#pragma once

#include "route/scope.hpp"

namespace sluice::proxy {

/// Which part of a value the text of a rule is compared with.
enum class Compared : std::uint8_t {
    front,   // its beginning, case and all
    domain,  // all of it, in any case, but for a dot in front that stays
};

/// `value` as the first rule that fits makes it; nullopt: none does. What a regex is searched in it replaces as a whole.
/// The `from` bytes in front stay. Groups of a regex are $1 to $9 from then on. In the scope's arena, without line ends.
std::optional<std::string_view> replace(route::Scope& scope, const std::vector<route::Replacement>& rules, std::string_view value, std::size_t from,
                                        Compared compared);

/// Location and Refresh of an answer by the route's rules. A Location that then begins with '/' becomes absolute as
/// absolute_redirect and its like say; one that no rule fits stays as the peer wrote it.
void replace_redirects(route::Scope& scope, http::Fields& fields);

/// The value of a Set-Cookie field (RFC 6265 4.1.1) by the route's rules.
std::string_view replace_cookie(route::Scope& scope, std::string_view value);

/// All of an answer's fields that the route has rules for.
void replace_fields(route::Scope& scope, http::Fields& fields);

}  // namespace sluice::proxy
