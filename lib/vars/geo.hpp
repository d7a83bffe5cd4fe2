// nginx's geo: a variable whose value follows from an address.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.hpp"
#include "config/tree.hpp"
#include "vars/address.hpp"
#include "vars/forwarded.hpp"
#include "vars/intervals.hpp"
#include "vars/names.hpp"

namespace sluice::vars {

/// Immutable once built; read by all workers. Values are text, without variables.
class Geo {
  public:
    /// The value for an address of 4 or 16 bytes in network order: of the longest prefix, or the innermost range, that
    /// holds it. IPv4 within IPv6 counts as IPv4. One binary search.
    std::string_view find(std::span<const std::uint8_t> address) const { return find(Ip(address)); }
    std::string_view find(const Ip& address) const;

    /// For who has no address: a client on a unix socket, a source variable that holds none. As nginx: that of
    /// 255.255.255.255; with ranges the default.
    std::string_view find_without_address() const;

    /// Whose address to look up: `peer`, or who stands behind it by the values of X-Forwarded-For, if it is a "proxy".
    Ip client(const Ip& peer, std::span<const std::string_view> forwarded_for) const {
        return forwarded_address(peer, forwarded_for, proxies_, proxy_recursive_);
    }
    bool has_proxies() const { return !proxies_.empty(); }

    /// The variable that it defines, without "$".
    const std::string& variable() const { return variable_; }
    /// The variable that holds the address, as Names gave it; nothing: the connection's address counts.
    std::optional<std::uint32_t> source() const { return source_; }
    /// To be looked up at each use, not once per request.
    bool is_volatile() const { return volatile_; }

  private:
    friend class GeoBuilder;

    std::string variable_;
    std::optional<std::uint32_t> source_;
    std::vector<std::string> values_ = {""};  // equal ones once; the intervals' numbers are indices
    Intervals<std::uint32_t> v4_;
    Intervals<Wide> v6_;
    Networks proxies_;
    std::uint32_t default_ = 0;
    bool ranges_ = false;
    bool proxy_recursive_ = false;
    bool volatile_ = false;
};

/// From `geo [$ADDRESS] $NAME { ... }`, which has passed config::check(). Reports all that is wrong with the entries;
/// nothing comes back if an error was among it, or in what the checker looks at.
std::optional<Geo> build_geo(const config::Directive& directive, Names& names, config::Diagnostics& diagnostics);

}  // namespace sluice::vars
