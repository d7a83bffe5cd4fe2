#include <arpa/inet.h>

#include <algorithm>

#include "core/text.hpp"
#include "server/option_parts.hpp"

namespace sluice::server {

namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t longest_socket_path = 107;  // sun_path, with its final zero
constexpr std::size_t longest_host = 253;         // RFC 1035 2.3.4, without the root's dot
constexpr std::size_t longest_label = 63;

bool is_ipv4(const std::string& s) {
    in_addr out{};
    return inet_pton(AF_INET, s.c_str(), &out) == 1;
}

/// With or without a zone ("fe80::1%eth0").
bool is_ipv6(const std::string& s) {
    in6_addr out{};
    return inet_pton(AF_INET6, s.substr(0, s.find('%')).c_str(), &out) == 1 && !s.ends_with('%');
}

bool is_host_char(char c) {
    return core::is_digit(c) || (core::lower(c) >= 'a' && core::lower(c) <= 'z') || c == '-' || c == '_' || c == '.';
}

bool has_good_labels(std::string_view host) {
    for (;;) {
        const std::size_t dot = host.find('.');
        const std::string_view label = host.substr(0, dot);
        if (label.empty() || label.size() > longest_label || label.front() == '-' || label.back() == '-') return false;
        if (dot == std::string_view::npos || dot + 1 == host.size()) return true;  // a final dot is allowed
        host.remove_prefix(dot + 1);
    }
}

bool is_only(std::string_view s, bool (*accepts)(char)) { return std::ranges::all_of(s, accepts); }

/// All these return what is wrong, or "".
std::string check_host(const std::string& host) {
    if (!is_only(host, is_host_char)) return join({in_quotes(host), " is not a host name or an IP address"});
    if (is_only(host, [](char c) { return core::is_digit(c) || c == '.'; }))
        return is_ipv4(host) ? "" : join({in_quotes(host), " is not an IPv4 address: four numbers from 0 to 255"});
    if (host.size() > longest_host || !has_good_labels(host)) return join({in_quotes(host), " is not a host name"});
    return "";
}

std::string read_port(std::string_view text, std::uint16_t& port) {
    if (text.empty()) return "needs a port after the colon, such as 8080";
    if (!is_only(text, core::is_digit)) return join({"port ", in_quotes(text), " is not a number"});
    const auto number = core::parse_number<std::uint16_t>(text);
    if (!number) return join({"port ", text.substr(0, 40), " is over 65535"});
    port = *number;
    return "";
}

std::string read_socket_path(std::string_view path, AddressText& out) {
    out.family = AddressText::Family::unix_path;
    out.host = path;
    if (!path.starts_with('/')) return "needs a path from the root after \"unix:\", as in unix:/run/app.sock";
    if (path.ends_with('/')) return "names a folder; a socket is a file in it, as in unix:/run/app.sock";
    if (path.size() > longest_socket_path)
        return join({"the path has ", std::to_string(path.size()), " bytes, a socket's may have ",
                     std::to_string(longest_socket_path)});
    return "";
}

/// "[v6]:port"
std::string read_bracketed(std::string_view text, AddressText& out) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return "the \"]\" is missing, as in [::1]:8080";
    out.host = text.substr(1, close - 1);
    if (!is_ipv6(out.host)) return join({in_quotes(out.host), " is not an IPv6 address"});
    const std::string_view rest = text.substr(close + 1);
    if (rest.empty()) return join({"needs a port, as in ", text, ":8080"});
    if (rest.front() != ':') return "needs a colon and a port after the \"]\", as in [::1]:8080";
    return read_port(rest.substr(1), out.port);
}

std::string read_host_and_port(std::string_view text, AddressText& out) {
    if (is_only(text, core::is_digit)) return read_port(text, out.port);
    const std::size_t colon = text.find(':');
    if (text.find(':', colon + 1) != std::string_view::npos && colon != std::string_view::npos)
        return is_ipv6(std::string(text)) ? "an IPv6 address goes in brackets, with a port: [::1]:8080"
                                          : "is not host:port: it has more than one colon";
    if (text.substr(0, colon) != "*") out.host = text.substr(0, colon);
    if (!out.host.empty())
        if (std::string message = check_host(out.host); !message.empty()) return message;
    if (colon == std::string_view::npos) return join({"needs a port, as in ", text, ":8080"});
    return read_port(text.substr(colon + 1), out.port);
}

/// `scheme`: where "://" is.
std::string host_and_port_of_url(std::string_view url, std::size_t scheme) {
    const std::string_view rest = url.substr(scheme + 3);
    const std::string host(rest.substr(0, rest.find('/')));
    for (const std::string& candidate : {host, host + (url.starts_with("https:") ? ":443" : ":80")})
        if (!candidate.starts_with(':') && parse_address(candidate).message.empty()) return candidate;
    return "api.local:8080";
}

/// A URL, a list, a path: what people write who have not seen the help.
std::string recognise_mistake(std::string_view text) {
    if (text.empty()) return "needs an address: 8080, localhost:8080, [::1]:8080 or unix:/run/app.sock";
    if (const std::size_t scheme = text.find("://"); scheme != std::string_view::npos)
        return join({"is a URL; only a host and a port are wanted, as in ", host_and_port_of_url(text, scheme)});
    if (text.find(',') != std::string_view::npos) return "holds more than one address; give the flag once for each";
    if (text.find(' ') != std::string_view::npos) return "has a space in it";
    if (text.front() == '/') return join({"a socket's path is written unix:", text});
    if (text.find('/') != std::string_view::npos) return "has a path in it; only a host and a port are wanted";
    return "";
}

std::string read_address(std::string_view text, AddressText& out) {
    if (text.starts_with(unix_prefix)) return read_socket_path(text.substr(unix_prefix.size()), out);
    if (std::string message = recognise_mistake(text); !message.empty()) return message;
    return text.front() == '[' ? read_bracketed(text, out) : read_host_and_port(text, out);
}

}  // namespace

ParsedAddress parse_address(std::string_view text) {
    ParsedAddress out;
    out.address.text = text;
    out.message = read_address(text, out.address);
    return out;
}

}  // namespace sluice::server
