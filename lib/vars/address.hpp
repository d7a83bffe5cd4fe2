// IP addresses and networks as values, without ports.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::vars {

/// Bytes in network order.
struct Ip {
    std::array<std::uint8_t, 16> bytes{};
    std::uint8_t size = 4;  // 4 or 16

    /// From 4 or 16 bytes.
    explicit Ip(std::span<const std::uint8_t> from);
    Ip() = default;

    bool is_v4() const { return size == 4; }
    /// ::ffff:10.0.0.1 is 10.0.0.1.
    bool is_mapped() const;
    Ip unmapped() const;

    auto operator<=>(const Ip&) const = default;
};

/// "10.0.0.1" or "::1". As nginx: numbers with leading zeros are decimal.
std::optional<Ip> parse_ip(std::string_view text);
/// An address with a port; 0: none was told.
struct Endpoint {
    Ip ip;
    std::uint16_t port = 0;

    auto operator<=>(const Endpoint&) const = default;
};
/// "10.0.0.1:80" and "[::1]:80" too, as in X-Forwarded-For.
std::optional<Endpoint> parse_endpoint(std::string_view text);
std::string to_string(const Ip& ip);

/// All addresses that start with the first `prefix` bits of `base`, whose other bits are 0.
struct Network {
    Ip base;
    std::uint8_t prefix = 0;

    auto operator<=>(const Network&) const = default;
};

/// "10.0.0.0/8", "2001:db8::/32", "10.0.0.1". `low_bits`: some stood behind the prefix, and were dropped.
struct ParsedNetwork {
    Network network;
    bool low_bits = false;
};
std::optional<ParsedNetwork> parse_network(std::string_view text);
std::string to_string(const Network& network);

/// An address as a number, to be compared: IPv4 as 32 bits, IPv6 as 128.
struct Wide {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    auto operator<=>(const Wide&) const = default;
};
std::uint32_t to_narrow(const Ip& ip);
Wide to_wide(const Ip& ip);

std::uint32_t first_of_v4(const Network& network);
std::uint32_t last_of_v4(const Network& network);
Wide last_of_v6(const Network& network);

constexpr bool is_last(std::uint32_t key) { return key == ~std::uint32_t{0}; }
constexpr std::uint32_t successor(std::uint32_t key) { return key + 1; }
constexpr bool is_last(const Wide& key) { return key == Wide{~std::uint64_t{0}, ~std::uint64_t{0}}; }
constexpr Wide successor(const Wide& key) { return {key.high + (key.low == ~std::uint64_t{0}), key.low + 1}; }

}  // namespace sluice::vars
