// Whose address counts when trusted proxies stand before us: nginx's reading of X-Forwarded-For.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "vars/address.hpp"
#include "vars/intervals.hpp"

namespace sluice::vars {

/// A set of networks. Immutable; a question costs a binary search.
class Networks {
  public:
    Networks() = default;
    explicit Networks(std::vector<Network> networks);

    bool contains(const Ip& ip) const;
    bool empty() const { return empty_; }

  private:
    Intervals<std::uint32_t> v4_;
    Intervals<Wide> v6_;
    bool empty_ = true;
};

/// Who a trusted proxy speaks for, `lines` being the values of X-Forwarded-For or its like in their order, `trusted_peer`
/// whether the one who is connected is trusted. nullopt: it is not, or they name nobody.
std::optional<Endpoint> forwarded_endpoint(bool trusted_peer, std::span<const std::string_view> lines, const Networks& trusted,
                                           bool recursive);

/// The address of the client, `peer` being who is connected and `lines` the values of X-Forwarded-For in their order.
/// From the right: while the one we have is trusted, the next one is believed, if `recursive`; else only the first step
/// is taken. What is no address ends the walk.
Ip forwarded_address(const Ip& peer, std::span<const std::string_view> lines, const Networks& trusted, bool recursive);

}  // namespace sluice::vars
