#include "vars/geo_words.hpp"

#include <algorithm>
#include <bit>

#include "config/words.hpp"
#include "vars/address.hpp"

namespace sluice::vars {

using config::concat;

namespace {

constexpr std::string_view special_words[] = {"default",         "delete", "include", "proxy",
                                              "proxy_recursive", "ranges", "volatile"};
constexpr std::string_view network_example = "as in 10.0.0.1, 10.0.0.0/8 or 2001:db8::/32";
constexpr std::string_view range_example = "as in 10.0.0.0-10.0.0.255";

std::string to_text(std::uint32_t address) {
    const std::uint8_t bytes[] = {static_cast<std::uint8_t>(address >> 24), static_cast<std::uint8_t>(address >> 16),
                                  static_cast<std::uint8_t>(address >> 8), static_cast<std::uint8_t>(address)};
    return to_string(Ip(bytes));
}

/// "10.0.0.0/255.0.0.0" as "10.0.0.0/8", or "".
std::string with_short_mask(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == text.npos) return "";
    const auto mask = parse_ip(text.substr(slash + 1));
    if (!mask || !mask->is_v4()) return "";
    const std::uint32_t bits = to_narrow(*mask);
    const int ones = std::countl_one(bits);
    if (ones < 32 && bits << ones != 0) return "";
    const auto network = parse_network(concat({text.substr(0, slash), "/", std::to_string(ones)}));
    return network ? to_string(network->network) : "";
}

}  // namespace

std::optional<AddressRange> parse_range(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == text.npos) return std::nullopt;
    const auto first = parse_ip(text.substr(0, dash));
    const auto last = parse_ip(text.substr(dash + 1));
    if (!first || !last || !first->is_v4() || !last->is_v4()) return std::nullopt;
    return AddressRange{to_narrow(*first), to_narrow(*last)};
}

std::string to_text(std::uint32_t first, std::uint32_t last) { return concat({to_text(first), "-", to_text(last)}); }

std::string help_for_network(std::string_view text, bool may_be_range) {
    if (may_be_range && parse_range(text)) return "for ranges of addresses put \"ranges;\" before the first entry";
    if (const std::string meant = with_short_mask(text); !meant.empty()) return concat({"write ", meant});
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string_view host = text.substr(0, slash);
    if (host.size() > 2 && host.starts_with('[') && host.ends_with(']') && parse_ip(host.substr(1, host.size() - 2)))
        return concat({"without brackets: ", host.substr(1, host.size() - 2), text.substr(slash)});
    if (const auto ip = parse_ip(host); ip && slash < text.size())
        return concat({"behind the \"/\" stands the number of bits that count, at most ", ip->is_v4() ? "32" : "128"});
    if (const auto with_port = parse_endpoint(text)) return concat({"addresses have no port here: ", to_string(with_port->ip)});
    if (text.starts_with("unix:")) return "clients on unix sockets are looked up as 255.255.255.255";
    const std::string meant = config::did_you_mean(text, special_words);
    return meant.empty() ? std::string(network_example) : meant;
}

std::string help_for_range(std::string_view text) {
    if (const auto network = parse_network(text)) {
        if (!network->network.base.is_v4())
            return "ranges are of IPv4 addresses; for IPv6 leave out \"ranges\" and write networks";
        const Network& n = network->network;
        return concat({"this geo has \"ranges\": write ", to_text(first_of_v4(n), last_of_v4(n))});
    }
    const std::size_t dash = text.find('-');
    if (dash != text.npos && parse_ip(text.substr(0, dash)) && parse_ip(text.substr(dash + 1)))
        return "ranges are of IPv4 addresses; for IPv6 leave out \"ranges\" and write networks";
    const std::string meant = config::did_you_mean(text, special_words);
    return meant.empty() ? std::string(range_example) : meant;
}

}  // namespace sluice::vars
