#include "route/access.hpp"

#include <algorithm>

namespace sluice::route {

namespace {

/// Of two networks one holds the other or they share nothing. In an inner one all rules of those around it match, too:
/// the first of them all is what counts there.
template <class Key>
vars::Intervals<Key> first_of_each(std::vector<typename vars::Intervals<Key>::Range> ranges) {
    using Range = typename vars::Intervals<Key>::Range;
    std::ranges::sort(ranges, [](const Range& a, const Range& b) {
        if (a.first != b.first) return a.first < b.first;
        if (a.last != b.last) return b.last < a.last;
        return a.number < b.number;
    });
    std::vector<Range> out;
    std::vector<std::size_t> around;  // those of `out` that hold the next one
    for (Range range : ranges) {
        if (!out.empty() && out.back().first == range.first && out.back().last == range.last) continue;
        while (!around.empty() && out[around.back()].last < range.first) around.pop_back();
        if (!around.empty()) range.number = std::min(range.number, out[around.back()].number);
        around.push_back(out.size());
        out.push_back(range);
    }
    return vars::Intervals<Key>(std::move(out), 0);
}

}  // namespace

std::uint32_t AccessList::add(AccessRule rule) {
    rules_.push_back(rule);
    return static_cast<std::uint32_t>(rules_.size());
}

void AccessList::add(const vars::Network& network, AccessRule rule) {
    (network.base.is_v4() ? v4_entries_ : v6_entries_).push_back({network, add(rule)});
}

void AccessList::add_unix(AccessRule rule) {
    const auto number = add(rule);
    if (unix_ == nobody) unix_ = number;
}

void AccessList::add_all(AccessRule rule) {
    const auto number = add(rule);
    if (unix_ == nobody) unix_ = number;
    vars::Network v6;
    v6.base.size = 16;
    v4_entries_.push_back({{}, number});
    v6_entries_.push_back({v6, number});
}

void AccessList::seal() {
    std::vector<vars::Intervals<std::uint32_t>::Range> v4;
    for (const Entry& e : v4_entries_) v4.push_back({vars::first_of_v4(e.network), vars::last_of_v4(e.network), e.rule});
    knows_v4_ = !v4.empty();
    v4_ = first_of_each<std::uint32_t>(std::move(v4));
    std::vector<vars::Intervals<vars::Wide>::Range> v6;
    for (const Entry& e : v6_entries_) v6.push_back({vars::to_wide(e.network.base), vars::last_of_v6(e.network), e.rule});
    v6_ = first_of_each<vars::Wide>(std::move(v6));
    v4_entries_ = {};
    v6_entries_ = {};
}

const AccessRule* AccessList::find(const net::Address& client) const {
    if (client.family() == net::Address::Family::unix_path) return rule(unix_);
    const auto bytes = client.ip_bytes();
    if (bytes.empty()) return nullptr;
    vars::Ip ip(bytes);
    // As in nginx: an IPv4 client of an IPv6 listener meets the rules of IPv4, if there is one, and else those of IPv6.
    if (knows_v4_) ip = ip.unmapped();
    return rule(ip.is_v4() ? v4_.find(vars::to_narrow(ip)) : v6_.find(vars::to_wide(ip)));
}

}  // namespace sluice::route
