#include <arpa/inet.h>

#include <algorithm>

#include "config/values.hpp"
#include "config/words.hpp"
#include "core/text.hpp"

namespace sluice::config {

namespace {

using Family = AddressText::Family;

constexpr std::size_t npos = std::string_view::npos;
constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t longest_socket_path = 107;  // sun_path, with its final zero

bool is_number(std::string_view s) { return !s.empty() && std::ranges::all_of(s, core::is_digit); }

bool is_ipv4(const std::string& s) {
    in_addr out{};
    return inet_pton(AF_INET, s.c_str(), &out) == 1;
}

bool is_ipv6(const std::string& s) {
    in6_addr out{};
    return inet_pton(AF_INET6, s.c_str(), &out) == 1;
}

bool is_host_char(char c) {
    return core::is_digit(c) || (core::lower(c) >= 'a' && core::lower(c) <= 'z') || c == '-' || c == '_' || c == '.';
}

/// A listener may ask for port 0: one that is free.
Complaint read_port(std::string_view text, bool listens, std::uint16_t& out) {
    const auto port = core::parse_number<std::uint16_t>(text);
    if (port && (*port != 0 || listens)) return out = *port, Complaint{};
    if (text.empty()) return {"a port is missing after the colon", "as in :8080"};
    const std::string message = concat({"port ", in_quotes(text), " is not a number from 1 to 65535"});
    const std::string_view digits = text.substr(0, std::ranges::find_if_not(text, core::is_digit) - text.begin());
    if (listens && text.size() > digits.size() + 1 && text[digits.size()] == ',')
        return {message, concat({"one port in each: listen ", digits, "; listen ", text.substr(digits.size() + 1), ";"})};
    const bool trails = !digits.empty() && digits.size() < text.size() && digits.size() <= 5;
    return {message, trails ? concat({"a port is of digits only: write ", digits}) : ""};
}

Complaint read_ports(std::string_view text, bool listens, AddressText& out) {
    const std::size_t dash = listens ? text.find('-') : npos;
    if (Complaint c = read_port(text.substr(0, dash), listens && dash == npos, out.port)) return c;
    out.last_port = out.port;
    if (dash == npos) return {};
    if (Complaint c = read_port(text.substr(dash + 1), false, out.last_port)) return c;
    if (out.last_port < out.port)
        return {concat({"the range ", in_quotes(text), " ends before it starts"}), "write the smaller port first"};
    return {};
}

Complaint read_host(std::string_view host, AddressText& out) {
    out.host = host;
    if (host.starts_with('[')) {
        out.host = host.substr(1, host.size() - 2);
        out.family = Family::ipv6;
        if (!is_ipv6(out.host)) return {concat({in_quotes(host), " is not an IPv6 address"}), ""};
        return {};
    }
    if (host.empty()) return {"a host is missing before the colon", ""};
    if (!std::ranges::all_of(host, is_host_char)) {
        const std::string message = concat({in_quotes(host), " is not a host name or an IP address"});
        return {message, host.find(',') != npos ? "one address in each directive" : ""};
    }
    if (!std::ranges::all_of(host, [](char c) { return core::is_digit(c) || c == '.'; })) return {};
    out.family = Family::ipv4;
    if (!is_ipv4(out.host)) return {concat({in_quotes(host), " is not an IPv4 address"}), "four numbers from 0 to 255"};
    return {};
}

Complaint read_unix(std::string_view text, AddressText& out) {
    out.family = Family::unix_path;
    out.host = text.substr(unix_prefix.size());
    if (out.host.empty()) return {"a path is missing after \"unix:\"", "as in unix:/run/app.sock"};
    if (out.host.size() > longest_socket_path) return {"the path of a socket has at most 107 characters", ""};
    return {};
}

/// Where the port's colon is, or npos.
std::size_t port_colon(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    const std::size_t bracket = text.rfind(']');
    return bracket != npos && colon != npos && colon < bracket ? npos : colon;
}

Complaint read_address(std::string_view text, bool listens, AddressText& out) {
    if (text.starts_with(unix_prefix)) return read_unix(text, out);
    if (const std::size_t scheme = text.find("://"); scheme != npos)
        return {concat({in_quotes(text), " has a scheme, where only host and port belong"}),
                concat({"write ", text.substr(scheme + 3, text.find('/', scheme + 3) - scheme - 3)})};
    const bool brackets = text.starts_with('[');
    if (text.find('/') != npos)
        return {concat({in_quotes(text), " has a path, where only host and port belong"}),
                concat({"write ", text.substr(0, text.find('/'))})};
    const std::string before_port(text.substr(0, text.rfind(':')));
    if (!brackets && is_ipv6(before_port))
        return {concat({in_quotes(text), " is an IPv6 address without brackets"}),
                concat({"write [", before_port, "]", text.substr(before_port.size())})};
    if (!brackets && is_ipv6(std::string(text)))
        return {concat({in_quotes(text), " is an IPv6 address without brackets"}), concat({"write [", text, "]"})};
    if (brackets && text.find(']') == npos)
        return {concat({in_quotes(text), " has no closing \"]\""}), "as in [::1]:8080"};
    const std::size_t colon = port_colon(text);
    const std::string_view host = text.substr(0, colon);
    if (brackets && !host.ends_with(']'))
        return {concat({in_quotes(text), " is not an address"}), "a colon goes between \"]\" and the port"};
    if (colon != npos)
        if (Complaint c = read_ports(text.substr(colon + 1), listens, out)) return c;
    if (listens && host == "*") return {};
    return read_host(host, out);
}

}  // namespace

Parsed<AddressText> parse_listen_address(std::string_view text) {
    Parsed<AddressText> out;
    const bool only_port = !text.empty() && core::is_digit(text[0]) && text.find_first_of(".:") == npos;
    out.complaint = only_port ? read_ports(text, true, out.value) : read_address(text, true, out.value);
    return out;
}

Parsed<AddressText> parse_peer_address(std::string_view text) {
    Parsed<AddressText> out;
    if (is_number(text)) {
        out.complaint = {concat({in_quotes(text), " is a port without a host"}), concat({"write 127.0.0.1:", text})};
        return out;
    }
    out.complaint = read_address(text, false, out.value);
    return out;
}

Complaint check_url(std::string_view text) {
    if (text.starts_with('$')) return {};
    const std::size_t scheme_end = text.find("://");
    const std::string_view scheme = text.substr(0, scheme_end);
    if (scheme_end == npos) {
        if (text.starts_with("http:") || text.starts_with("https:"))
            return {concat({in_quotes(text), " has no \"//\" behind the scheme"}),
                    concat({"write ", text.substr(0, text.find(':')), "://",
                            text.substr(std::min(text.find_first_not_of('/', text.find(':') + 1), text.size()))})};
        for (const std::string_view known : {"https", "http"})
            if (text.starts_with(known) && text.substr(known.size()).starts_with('/'))
                return {concat({in_quotes(text), " has no \":\" behind ", in_quotes(known)}),
                        concat({"write ", known, "://", text.substr(std::min(text.find_first_not_of('/', known.size()), text.size()))})};
        if (text == "http" || text == "https")
            return {concat({in_quotes(text), " is only a scheme"}), concat({"behind it stands \"://\" and a host, as in ", text, "://127.0.0.1:8080"})};
        return {concat({in_quotes(text), " has no scheme"}), concat({"write http://", text.substr(std::min(text.find_first_not_of('/'), text.size()))})};
    }
    if (!core::iequals(scheme, "http") && !core::iequals(scheme, "https")) {
        constexpr std::string_view schemes[] = {"http", "https"};
        const std::string meant = did_you_mean(scheme, schemes);
        return {concat({in_quotes(scheme), " is not a scheme that can be proxied to"}),
                meant.empty() ? "there are http:// and https://" : meant};
    }
    const std::string_view rest = text.substr(scheme_end + 3);
    if (rest.empty() || rest.starts_with('/'))
        return {concat({"a host is missing behind \"", scheme, "://\""}), "as in http://127.0.0.1:8080"};
    if (rest.find('$') != npos || rest.starts_with(unix_prefix)) return {};
    return parse_peer_address(rest.substr(0, rest.find_first_of("/?"))).complaint;
}

}  // namespace sluice::config
