#include "vars/geo.hpp"

namespace sluice::vars {

namespace {

constexpr std::uint32_t no_address = 0xffffffff;

}  // namespace

std::string_view Geo::find(const Ip& address) const {
    const Ip ip = address.unmapped();
    if (ip.is_v4()) return values_[v4_.find(to_narrow(ip))];
    return values_[ranges_ ? default_ : v6_.find(to_wide(ip))];  // ranges are of IPv4 only
}

std::string_view Geo::find_without_address() const { return values_[ranges_ ? default_ : v4_.find(no_address)]; }

}  // namespace sluice::vars
