// Words to values: flags, numbers, sizes, times, addresses. Pure; resolves nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sluice::config {

/// What is wrong with a word, and the way out; both empty if nothing is.
struct Complaint {
    std::string message;
    std::string help;

    explicit operator bool() const { return !message.empty(); }
};

template <class T>
struct Parsed {
    T value{};
    Complaint complaint;

    bool ok() const { return !complaint; }
};

Parsed<bool> parse_flag(std::string_view text);
Parsed<std::int64_t> parse_integer(std::string_view text, std::int64_t least, std::int64_t most);

/// Bytes: "8k", "1m". Sizes in memory; no "g", as in nginx.
Parsed<std::int64_t> parse_size(std::string_view text);
/// Bytes: "8k", "1m", "2g". Sizes of bodies and files.
Parsed<std::int64_t> parse_offset(std::string_view text);

/// Milliseconds: "500ms", "30s", "1h30m"; without a unit seconds.
Parsed<std::int64_t> parse_time(std::string_view text);
/// Milliseconds too, but nothing under a second.
Parsed<std::int64_t> parse_seconds(std::string_view text);

/// An index into `words`.
Parsed<std::size_t> parse_choice(std::string_view text, std::span<const std::string_view> words);

/// An address as written, not resolved.
struct AddressText {
    enum class Family : std::uint8_t { name, ipv4, ipv6, unix_path };
    Family family = Family::name;
    std::string host;  // without brackets; "" for every address of the machine; or the socket's path
    std::uint16_t port = 80;
    std::uint16_t last_port = 80;  // of a range; else as `port`
};

/// "80", "*:80", "127.0.0.1", "localhost:8080", "[::]:80", "8000-8010", "unix:/run/x".
Parsed<AddressText> parse_listen_address(std::string_view text);
/// "10.0.0.1:8080", "backend", "[::1]:80", "unix:/run/x".
Parsed<AddressText> parse_peer_address(std::string_view text);

/// "http://host:port/path"; with variables nothing but the scheme is looked at.
Complaint check_url(std::string_view text);

}  // namespace sluice::config
