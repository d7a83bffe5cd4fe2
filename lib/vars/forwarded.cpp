#include "vars/forwarded.hpp"

#include <algorithm>

namespace sluice::vars {

namespace {

constexpr std::string_view separators = " ,";

/// Takes the last element off `line`; "" if there is none.
std::string_view take_last(std::string_view& line) {
    line = line.substr(0, line.find_last_not_of(separators) + 1);
    std::size_t start = line.find_last_of(separators) + 1;
    if (start == 1) start = 0;  // for nginx a separator in front of all is part of the first element, which is then none
    const std::string_view out = line.substr(start);
    line = line.substr(0, start);
    return out;
}

}  // namespace

Networks::Networks(std::vector<Network> networks) : empty_(networks.empty()) {
    std::ranges::sort(networks);
    networks.erase(std::unique(networks.begin(), networks.end()), networks.end());
    std::vector<Intervals<std::uint32_t>::Range> v4;
    std::vector<Intervals<Wide>::Range> v6;
    for (const Network& network : networks)
        if (network.base.is_v4())
            v4.push_back({first_of_v4(network), last_of_v4(network), 1});
        else
            v6.push_back({to_wide(network.base), last_of_v6(network), 1});
    v4_ = Intervals<std::uint32_t>(std::move(v4), 0);
    v6_ = Intervals<Wide>(std::move(v6), 0);
}

bool Networks::contains(const Ip& ip) const {
    const Ip address = ip.unmapped();
    return (address.is_v4() ? v4_.find(to_narrow(address)) : v6_.find(to_wide(address))) != 0;
}

std::optional<Endpoint> forwarded_endpoint(bool trusted_peer, std::span<const std::string_view> lines, const Networks& trusted,
                                           bool recursive) {
    std::optional<Endpoint> out;
    for (std::size_t i = lines.size(); i > 0; --i) {
        std::string_view line = lines[i - 1];
        do {
            if (out ? !trusted.contains(out->ip) : !trusted_peer) return out;
            const std::optional<Endpoint> next = parse_endpoint(take_last(line));
            if (!next) return out;
            out = next;
            if (!recursive) return out;
        } while (!line.empty());
    }
    return out;
}

Ip forwarded_address(const Ip& peer, std::span<const std::string_view> lines, const Networks& trusted, bool recursive) {
    const auto found = forwarded_endpoint(trusted.contains(peer), lines, trusted, recursive);
    return found ? found->ip : peer;
}

}  // namespace sluice::vars
