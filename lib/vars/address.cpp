#include "vars/address.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "core/text.hpp"

namespace sluice::vars {

namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<Ip> parse_v4(std::string_view text) {
    Ip out;
    for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t dot = i == 3 ? text.size() : text.find('.');
        if (dot == text.npos) return std::nullopt;
        const auto number = core::parse_number<std::uint8_t>(text.substr(0, dot));
        if (!number) return std::nullopt;
        out.bytes[i] = *number;
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return out;
}

std::optional<Ip> parse_v6(std::string_view text) {
    char copy[INET6_ADDRSTRLEN] = {};
    if (text.size() >= sizeof copy || text.find('\0') != text.npos) return std::nullopt;
    std::ranges::copy(text, copy);
    Ip out;
    out.size = 16;
    if (inet_pton(AF_INET6, copy, out.bytes.data()) != 1) return std::nullopt;
    return out;
}

/// Drops the bits behind the prefix; whether there were any.
bool clear_low_bits(Network& network) {
    bool any = false;
    for (std::size_t i = network.prefix / 8; i < network.base.size; ++i) {
        const unsigned kept = i == network.prefix / 8u ? network.prefix % 8u : 0u;
        const auto mask = static_cast<std::uint8_t>(0xff00u >> kept);
        any = any || (network.base.bytes[i] & ~mask) != 0;
        network.base.bytes[i] &= mask;
    }
    return any;
}

std::uint64_t read_64(const std::uint8_t* p) {
    std::uint64_t out = 0;
    for (int i = 0; i < 8; ++i) out = out << 8 | p[i];
    return out;
}

/// The lowest `n` bits set.
constexpr std::uint64_t low_ones(unsigned n) { return n >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << n) - 1; }

}  // namespace

Ip::Ip(std::span<const std::uint8_t> from) : size(static_cast<std::uint8_t>(from.size())) {
    std::ranges::copy(from, bytes.begin());
}

bool Ip::is_mapped() const {
    return size == 16 && std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin());
}

Ip Ip::unmapped() const { return is_mapped() ? Ip(std::span(bytes).subspan(12)) : *this; }

std::optional<Ip> parse_ip(std::string_view text) {
    return text.find(':') == text.npos ? parse_v4(text) : parse_v6(text);
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    if (const auto ip = parse_ip(text)) return Endpoint{*ip, 0};
    const std::size_t colon = text.rfind(':');
    if (colon == text.npos) return std::nullopt;
    const auto port = core::parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!port || *port == 0) return std::nullopt;
    text = text.substr(0, colon);
    const bool in_brackets = text.starts_with('[') && text.ends_with(']');
    const auto ip = in_brackets ? parse_v6(text.substr(1, text.size() - 2)) : parse_v4(text);
    return ip ? std::optional(Endpoint{*ip, *port}) : std::nullopt;
}

std::string to_string(const Ip& ip) {
    char out[INET6_ADDRSTRLEN] = {};
    inet_ntop(ip.is_v4() ? AF_INET : AF_INET6, ip.bytes.data(), out, sizeof out);
    return out;
}

std::optional<ParsedNetwork> parse_network(std::string_view text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const auto ip = parse_ip(text.substr(0, slash));
    if (!ip) return std::nullopt;
    const auto most = static_cast<std::uint8_t>(ip->size * 8);
    if (slash == text.size()) return ParsedNetwork{{*ip, most}, false};
    const auto prefix = core::parse_number<std::uint8_t>(text.substr(slash + 1));
    if (!prefix || *prefix > most) return std::nullopt;
    ParsedNetwork out{{*ip, *prefix}, false};
    out.low_bits = clear_low_bits(out.network);
    return out;
}

std::string to_string(const Network& network) { return to_string(network.base) + "/" + std::to_string(network.prefix); }

std::uint32_t to_narrow(const Ip& ip) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < 4; ++i) out = out << 8 | ip.bytes[i];
    return out;
}

Wide to_wide(const Ip& ip) { return {read_64(ip.bytes.data()), read_64(ip.bytes.data() + 8)}; }

std::uint32_t first_of_v4(const Network& network) { return to_narrow(network.base); }

std::uint32_t last_of_v4(const Network& network) {
    return to_narrow(network.base) | static_cast<std::uint32_t>(low_ones(32u - network.prefix));
}

Wide last_of_v6(const Network& network) {
    const unsigned free = 128u - network.prefix;
    const Wide base = to_wide(network.base);
    return {base.high | low_ones(free > 64 ? free - 64 : 0), base.low | low_ones(std::min(free, 64u))};
}

}  // namespace sluice::vars
