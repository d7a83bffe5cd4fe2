#include "exchange/proxy_header.hpp"

#include <algorithm>

#include "core/log_escape.hpp"
#include "core/text.hpp"

namespace sluice::exchange {

namespace {

using State = ProxyHeaderOutcome::State;

constexpr std::string_view start_v1 = "PROXY ";
constexpr std::string_view start_v2{"\r\n\r\n\0\r\nQUIT\n", 12};
constexpr std::size_t fixed_v2 = 16;  // signature, version and command, family, length

ProxyHeaderOutcome failed(std::string why) { return {State::failed, 0, std::move(why)}; }

/// What came instead, up to the end of its line.
ProxyHeaderOutcome broken(std::string_view bytes) {
    std::string why = "broken header: \"";
    core::append_escaped(why, bytes.substr(0, std::min(bytes.find_first_of("\r\n"), longest_proxy_header_v1)));
    return failed(why += '"');
}

/// Takes a word and the space behind it off `line`; "" if there is no space.
std::string_view take_word(std::string_view& line) {
    const auto end = line.find(' ');
    if (end == line.npos) return {};
    const auto word = line.substr(0, end);
    line.remove_prefix(end + 1);
    return word;
}

std::optional<std::uint16_t> read_port(std::string_view text) {
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    return core::parse_number<std::uint16_t>(text);
}

std::optional<net::Address> read_address(std::string_view ip, std::string_view port_text, net::Address::Family family) {
    const auto port = read_port(port_text);
    if (!port) return std::nullopt;
    auto out = net::Address::parse(std::string(ip), *port);
    if (out && out->family() != family) return std::nullopt;
    return out;
}

/// "TCP4 10.0.0.9 10.0.0.1 40000 80"
bool read_line(std::string_view line, ProxyHeader& out) {
    const auto protocol = take_word(line);
    if (protocol != "TCP4" && protocol != "TCP6") return false;
    const auto family = protocol == "TCP4" ? net::Address::Family::v4 : net::Address::Family::v6;
    const auto from = take_word(line), to = take_word(line), from_port = take_word(line);
    const auto client = read_address(from, from_port, family);
    const auto server = read_address(to, line, family);
    if (!client || !server) return false;
    out = {*client, *server, {}};
    return true;
}

/// proxy-protocol.txt 2.1
ProxyHeaderOutcome read_v1(std::string_view bytes, ProxyHeader& out) {
    const auto seen = bytes.substr(0, longest_proxy_header_v1);
    const auto end = seen.find_first_of("\r\n");
    if (end == seen.npos || (seen[end] == '\r' && end + 1 == seen.size()))
        return seen.size() < longest_proxy_header_v1 ? ProxyHeaderOutcome{} : broken(bytes);
    if (seen.substr(end, 2) != "\r\n") return broken(bytes);
    const auto line = seen.substr(start_v1.size(), end - start_v1.size());
    constexpr std::string_view unknown = "UNKNOWN";
    if (line == unknown || line.starts_with("UNKNOWN "))
        out = {};
    else if (!read_line(line, out))
        return broken(bytes);
    return {State::complete, end + 2, {}};
}

std::uint16_t read_16(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[at]) << 8 | static_cast<unsigned char>(bytes[at + 1]));
}

/// Two addresses of `size` bytes, two ports, and what stands behind them.
bool read_ends(std::string_view rest, std::size_t size, ProxyHeader& out) {
    if (rest.size() < 2 * size + 4) return false;
    const auto at = [&](std::size_t from) { return std::span(reinterpret_cast<const unsigned char*>(rest.data()) + from, size); };
    out.client = net::Address::ip_socket(at(0), read_16(rest, 2 * size));
    out.server = net::Address::ip_socket(at(size), read_16(rest, 2 * size + 2));
    out.tlvs = rest.substr(2 * size + 4);
    return true;
}

/// proxy-protocol.txt 2.2
ProxyHeaderOutcome read_v2(std::string_view bytes, ProxyHeader& out) {
    if (bytes.size() < fixed_v2) return {};
    const unsigned version = static_cast<unsigned char>(bytes[12]) >> 4, command = bytes[12] & 0xf;
    if (version != 2) return failed("unknown PROXY protocol version: " + std::to_string(version));
    if (command > 1) return failed("unknown PROXY protocol command: " + std::to_string(command));
    const std::size_t size = fixed_v2 + read_16(bytes, 14);
    if (size > longest_proxy_header) return failed("header is too large");
    if (bytes.size() < size) return {};
    out = {};
    const auto rest = bytes.substr(fixed_v2, size - fixed_v2);
    constexpr unsigned local = 0, tcp4 = 0x11, tcp6 = 0x21;
    const unsigned family = static_cast<unsigned char>(bytes[13]);
    // The balancer's own check of us, or what has no addresses that we know: the connection speaks for itself.
    const bool has_ends = command != local && (family == tcp4 || family == tcp6);
    if (has_ends && !read_ends(rest, family == tcp4 ? 4 : 16, out)) return failed("broken header: its addresses are cut off");
    return {State::complete, size, {}};
}

bool may_become(std::string_view bytes, std::string_view start) {
    return bytes.substr(0, start.size()) == start.substr(0, bytes.size());
}

}  // namespace

ProxyHeaderOutcome read_proxy_header(std::string_view bytes, ProxyHeader& out) {
    if (bytes.empty()) return {};
    if (may_become(bytes, start_v2)) return read_v2(bytes, out);
    if (may_become(bytes, start_v1)) return bytes.size() < start_v1.size() ? ProxyHeaderOutcome{} : read_v1(bytes, out);
    return broken(bytes);
}

}  // namespace sluice::exchange
