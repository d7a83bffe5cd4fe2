#include "http/target.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/text.hpp"
#include "http/scan.hpp"

namespace sluice::http {
namespace {

/// What a registered name is made of, but for '%' (RFC 3986 3.2.2: unreserved and sub-delims). Addresses of IPv4 are
/// spelled with the same.
constexpr scan::Table name_table = [] {
    scan::Table table{};
    for (std::size_t c = 0; c < 128; ++c)
        table[c] = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    for (const char c : std::string_view{"-._~!$&'()*+,;="}) table[std::size_t(c)] = true;
    return table;
}();

bool is_hex(char c) { return core::is_digit(c) || (core::lower(c) >= 'a' && core::lower(c) <= 'f'); }

bool is_registered_name(std::string_view name) {
    const char* const end = name.data() + name.size();
    const char* p = name.data();
    while ((p = scan::end_in(name_table, p, end)) != end) {
        if (*p != '%' || end - p < 3 || !is_hex(p[1]) || !is_hex(p[2])) return false;
        p += 3;
    }
    return !name.empty();
}

/// Without brackets, zone or prefix length.
bool is_ipv6(std::string_view address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.size() >= text.size() || address.find('\0') != address.npos) return false;
    address.copy(text.data(), address.size());
    in6_addr ignored;
    return ::inet_pton(AF_INET6, text.data(), &ignored) == 1;
}

bool is_port(std::string_view port) {
    if (port.empty()) return true;
    const auto number = core::parse_number<std::uint32_t>(port);
    return number && *number <= 65535;
}

/// The one Host field (RFC 9112 3.2). In HTTP/1.0 there may be none.
const char* read_host(const RequestHead& head, std::string_view& host) {
    const Field* only = nullptr;
    for (const Field& field : head.fields) {
        if (field.id != FieldId::host) continue;
        if (only) return "more than one Host";
        only = &field;
    }
    if (!only) return head.minor == 0 ? nullptr : "no Host";
    if (only->value.empty()) return "an empty Host";
    if (!valid_host(only->value)) return "Host is not a host name or address with an optional port";
    host = only->value;
    return nullptr;
}

std::string_view query_of(std::string_view path) {
    const std::size_t mark = path.find('?');
    return mark == path.npos ? std::string_view{} : path.substr(mark + 1);
}

/// RFC 9112 3.2.2. `rest` is what follows "http://".
const char* read_absolute(std::string_view rest, Method method, Target& out) {
    const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    const std::string_view authority = rest.substr(0, end);
    if (!valid_host(authority)) return "the authority of the request target is not a host with an optional port";
    out.host = authority;
    out.path = rest.substr(end);
    if (out.path.empty()) out.path = method == Method::options ? "*" : "/";  // RFC 9112 3.2.4
    // "http://a?b" means the path "/?b", which is nowhere in these bytes to view; nobody sends it.
    if (out.path.front() == '?') return "an absolute request target with a query but no path";
    out.query = query_of(out.path);
    return nullptr;
}

/// RFC 9112 3.2.3: host and port, both there.
const char* read_authority(std::string_view target, Target& out) {
    // A valid host that ends in a digit and holds a colon has that colon before its port: a bare IPv6 ends in ']'.
    if (!valid_host(target) || !core::is_digit(target.back()) || target.find(':') == target.npos)
        return "the target of CONNECT is not host:port";
    out.host = out.path = target;
    return nullptr;
}

bool take_scheme(std::string_view& target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!core::iequals(target.substr(0, scheme.size()), scheme)) continue;
        target.remove_prefix(scheme.size());
        return true;
    }
    return false;
}

const char* read_form(const RequestHead& head, Target& out) {
    std::string_view target = head.target;
    if (head.method == Method::connect) {
        out.form = TargetForm::authority;
        return read_authority(target, out);
    }
    if (target.front() == '/') {
        out.form = TargetForm::origin;
        out.path = target;
        out.query = query_of(target);
        return nullptr;
    }
    if (target == "*") {
        out.form = TargetForm::asterisk;
        out.path = target;
        return head.method == Method::options ? nullptr : "the request target \"*\" with a method other than OPTIONS";
    }
    out.form = TargetForm::absolute;
    if (!take_scheme(target)) return "the request target is neither a path nor an http or https address";
    return read_absolute(target, head.method, out);
}

}  // namespace

bool valid_host(std::string_view host) {
    std::string_view name = host, port;
    if (host.starts_with('[')) {
        const std::size_t close = host.find(']');
        if (close == host.npos || !is_ipv6(host.substr(1, close - 1))) return false;
        port = host.substr(close + 1);
    } else {
        const std::size_t colon = std::min(host.find(':'), host.size());
        name = host.substr(0, colon);
        port = host.substr(colon);
        if (!is_registered_name(name)) return false;
    }
    return port.empty() || (port.front() == ':' && is_port(port.substr(1)));
}

Target parse_target(const RequestHead& head) {
    Target out;
    const char* const begin = head.target.data();
    const char* const end = begin + head.target.size();
    if (begin == end)
        out.error = "an empty request target";
    else if (scan::target_end(begin, end) != end)
        out.error = "a control character or space in the request target";
    else if (std::memchr(begin, '#', head.target.size()))
        out.error = "a '#' in the request target";
    if (!out.error) out.error = read_host(head, out.host);
    if (!out.error) out.error = read_form(head, out);
    return out;
}

}  // namespace sluice::http
