// Socket addresses: IPv4, IPv6, Unix.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace sluice::net {

/// A value; 40 bytes, so that a connection can keep one.
class Address {
  public:
    enum class Family : std::uint8_t { none, v4, v6, unix_path };

    /// Room for the text of any IP address with port: "[...]:65535".
    static constexpr std::size_t text_room = 64;

    Address() = default;
    static Address from(const sockaddr* address, socklen_t size);
    static Address unix_socket(std::string path);
    /// 4 or 16 bytes in network order, as they are: ::ffff:10.0.0.1 stays an IPv6 address.
    static Address ip_socket(std::span<const unsigned char> bytes, std::uint16_t port);
    /// A literal: "127.0.0.1", "::1".
    static std::optional<Address> parse(const std::string& ip, std::uint16_t port);
    /// A literal with a port or without (0): "127.0.0.1", "127.0.0.1:80", "::1", "[::1]", "[::1]:80".
    static std::optional<Address> parse_with_port(std::string_view text);

    /// ::ffff:10.0.0.1 as the IPv4 address that it is; any other as it is.
    Address unmapped() const;

    Family family() const { return family_; }
    std::uint16_t port() const { return port_; }
    void set_port(std::uint16_t port) { port_ = port; }
    const std::string& path() const { return *path_; }

    /// "127.0.0.1", "::1"; "unix:" for Unix sockets, as nginx's $remote_addr. Writes at most text_room bytes.
    std::size_t write_ip(char* out) const;
    std::string ip() const;
    /// 4 or 16 bytes in network order; none of a Unix socket.
    std::span<const unsigned char> ip_bytes() const;
    /// "127.0.0.1:80", "[::1]:80", "unix:/path".
    std::string text() const;

    struct Native {
        sockaddr_storage storage;
        socklen_t size;
        const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
    };
    Native native() const;

    friend bool operator==(const Address& a, const Address& b);

  private:
    Family family_ = Family::none;
    std::uint16_t port_ = 0;
    std::uint32_t scope_ = 0;
    std::array<unsigned char, 16> bytes_{};
    std::shared_ptr<const std::string> path_;
};

}  // namespace sluice::net
