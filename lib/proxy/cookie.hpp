// The value of a Set-Cookie field taken apart and put together again (RFC 6265 4.1.1), as nginx does both.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/arena.hpp"

namespace sluice::proxy {

/// Bits: what proxy_cookie_flags asks for.
using CookieFlagSet = std::uint32_t;
namespace cookie {
constexpr CookieFlagSet secure = 1u << 0, no_secure = 1u << 1;
constexpr CookieFlagSet http_only = 1u << 2, no_http_only = 1u << 3;
constexpr CookieFlagSet strict = 1u << 4, lax = 1u << 5, none = 1u << 6, no_same_site = 1u << 7;
}  // namespace cookie

/// "secure", "nosamesite" and so on, in any case; 0: no such flag.
CookieFlagSet cookie_flag(std::string_view word);

/// Views of the value, which must outlive it.
class CookieParts {
  public:
    struct Attribute {
        std::string_view name, value;
        bool has_value = false;  // there is a '='
        bool dropped = false;
    };

    explicit CookieParts(std::string_view value);

    bool is_cookie() const { return all_.front().has_value; }
    std::string_view name() const { return all_.front().name; }
    /// All but "name=value" in front.
    std::span<Attribute> attributes() { return std::span(all_).subspan(1); }

    /// Sets and takes away flags; setting wins.
    void apply(CookieFlagSet flags);

    /// "name=value; Path=/; Secure"
    void write(core::ArenaText& out) const;

  private:
    boost::container::small_vector<Attribute, 8> all_;
};

}  // namespace sluice::proxy
