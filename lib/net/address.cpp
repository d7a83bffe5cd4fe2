#include "net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

#include "core/text.hpp"

namespace sluice::net {

Address Address::from(const sockaddr* address, socklen_t size) {
    Address out;
    if (address->sa_family == AF_INET) {
        const auto& in = *reinterpret_cast<const sockaddr_in*>(address);
        out.family_ = Family::v4;
        out.port_ = ntohs(in.sin_port);
        std::memcpy(out.bytes_.data(), &in.sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        const auto& in = *reinterpret_cast<const sockaddr_in6*>(address);
        out.port_ = ntohs(in.sin6_port);
        out.family_ = Family::v6;
        out.scope_ = in.sin6_scope_id;
        std::memcpy(out.bytes_.data(), &in.sin6_addr, 16);
    } else if (address->sa_family == AF_UNIX) {
        const auto& un = *reinterpret_cast<const sockaddr_un*>(address);
        const auto room = size > offsetof(sockaddr_un, sun_path) ? size - offsetof(sockaddr_un, sun_path) : 0;
        return unix_socket(std::string(un.sun_path, strnlen(un.sun_path, room)));
    }
    return out;
}

Address Address::unmapped() const {
    static constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (family_ != Family::v6 || std::memcmp(bytes_.data(), mapped, sizeof mapped) != 0) return *this;
    return ip_socket(std::span(bytes_).last(4), port_);
}

Address Address::unix_socket(std::string path) {
    static const auto unnamed = std::make_shared<const std::string>();
    Address out;
    out.family_ = Family::unix_path;
    out.path_ = path.empty() ? unnamed : std::make_shared<const std::string>(std::move(path));
    return out;
}

Address Address::ip_socket(std::span<const unsigned char> bytes, std::uint16_t port) {
    Address out;
    out.family_ = bytes.size() == 4 ? Family::v4 : Family::v6;
    out.port_ = port;
    std::ranges::copy(bytes, out.bytes_.begin());
    return out;
}

namespace {
/// The digits of an octet and a dot.
struct OctetText {
    char text[4];
    unsigned char digits;
};

// A line of every log and a field of every request to a peer: a look-up per octet instead of divisions.
constexpr std::array<OctetText, 256> octets = [] {
    std::array<OctetText, 256> table{};
    for (unsigned n = 0; n < 256; ++n) {
        OctetText& octet = table[n];
        if (n >= 100) octet.text[octet.digits++] = static_cast<char>('0' + n / 100);
        if (n >= 10) octet.text[octet.digits++] = static_cast<char>('0' + n / 10 % 10);
        octet.text[octet.digits++] = static_cast<char>('0' + n % 10);
        octet.text[octet.digits] = '.';
    }
    return table;
}();
}  // namespace

std::size_t Address::write_ip(char* out) const {
    switch (family_) {
        case Family::v4: {
            char* p = out;
            for (int i = 0; i < 4; ++i) {
                const OctetText& octet = octets[bytes_[i]];
                std::memcpy(p, octet.text, sizeof octet.text);
                p += octet.digits + 1;
            }
            return p - 1 - out;
        }
        case Family::v6:
            inet_ntop(AF_INET6, bytes_.data(), out, text_room);
            return std::strlen(out);
        case Family::unix_path:
            std::memcpy(out, "unix:", 5);
            return 5;
        case Family::none:
            break;
    }
    return 0;
}

std::string Address::ip() const {
    char out[text_room];
    return {out, write_ip(out)};
}

std::string Address::text() const {
    if (family_ == Family::unix_path) return "unix:" + *path_;
    const auto host = ip();
    return (family_ == Family::v6 ? "[" + host + "]" : host) + ":" + std::to_string(port_);
}

Address::Native Address::native() const {
    Native out{};
    if (family_ == Family::v4) {
        auto& in = reinterpret_cast<sockaddr_in&>(out.storage);
        in.sin_family = AF_INET;
        in.sin_port = htons(port_);
        std::memcpy(&in.sin_addr, bytes_.data(), 4);
        out.size = sizeof in;
    } else if (family_ == Family::v6) {
        auto& in = reinterpret_cast<sockaddr_in6&>(out.storage);
        in.sin6_family = AF_INET6;
        in.sin6_port = htons(port_);
        in.sin6_scope_id = scope_;
        std::memcpy(&in.sin6_addr, bytes_.data(), 16);
        out.size = sizeof in;
    } else if (family_ == Family::unix_path) {
        auto& un = reinterpret_cast<sockaddr_un&>(out.storage);
        un.sun_family = AF_UNIX;
        const auto size = std::min(path_->size(), sizeof un.sun_path - 1);
        std::memcpy(un.sun_path, path_->data(), size);
        out.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size + 1);
    }
    return out;
}

bool operator==(const Address& a, const Address& b) {
    if (a.family_ != b.family_) return false;
    if (a.family_ == Address::Family::unix_path) return *a.path_ == *b.path_;
    return a.port_ == b.port_ && a.scope_ == b.scope_ && a.bytes_ == b.bytes_;
}

std::span<const unsigned char> Address::ip_bytes() const {
    if (family_ == Family::v4) return std::span(bytes_).first(4);
    return family_ == Family::v6 ? std::span(bytes_) : std::span<const unsigned char>{};
}

std::optional<Address> Address::parse(const std::string& ip, std::uint16_t port) {
    Address out;
    out.port_ = port;
    if (inet_pton(AF_INET, ip.c_str(), out.bytes_.data()) == 1)
        out.family_ = Family::v4;
    else if (inet_pton(AF_INET6, ip.c_str(), out.bytes_.data()) == 1)
        out.family_ = Family::v6;
    else
        return std::nullopt;
    return out;
}

std::optional<Address> Address::parse_with_port(std::string_view text) {
    auto ip = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == text.npos) return std::nullopt;
        ip = text.substr(1, end - 1);
        port = text.substr(end + 1);
        if (ip.find(':') == ip.npos) return std::nullopt;
    } else if (const auto colon = text.find(':'); colon != text.npos && text.rfind(':') == colon) {
        ip = text.substr(0, colon);
        port = text.substr(colon);
    }
    std::uint16_t number = 0;
    if (!port.empty()) {
        const auto parsed = port.starts_with(':') ? core::parse_number<std::uint16_t>(port.substr(1)) : std::nullopt;
        if (!parsed || *parsed == 0) return std::nullopt;
        number = *parsed;
    }
    return parse(std::string(ip), number);
}

}  // namespace sluice::net
