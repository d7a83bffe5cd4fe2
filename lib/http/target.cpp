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

/// The end of the registered name at the front of `host`, which may be empty.
const char* registered_name_end(std::string_view host) {
    const char* const end = host.data() + host.size();
    const char* p = host.data();
    while ((p = scan::end_in(name_table, p, end)) != end) {
        if (*p != '%' || end - p < 3 || !is_hex(p[1]) || !is_hex(p[2])) break;
        p += 3;
    }
    return p;
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

/// Looks at every byte, once, and finds the query on the way.
const char* read_bytes(std::string_view target, std::string_view& query) {
    if (target.empty()) return "an empty request target";
    const char* const begin = target.data();
    const char* const end = begin + target.size();
    const char* p = scan::path_end(begin, begin, end);
    if (p != end && *p == '?') {
        query = target.substr(static_cast<std::size_t>(p + 1 - begin));
        while (p != end && *p == '?') p = scan::path_end(begin, p + 1, end);
    }
    if (p == end) return nullptr;
    return *p == '#' ? "a '#' in the request target" : "a control character or space in the request target";
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
    std::size_t size = 0;  // of the name or address
    if (host.starts_with('[')) {
        const std::size_t close = host.find(']');
        if (close == host.npos || !is_ipv6(host.substr(1, close - 1))) return false;
        size = close + 1;
    } else {
        size = static_cast<std::size_t>(registered_name_end(host) - host.data());
        if (size == 0) return false;
    }
    return size == host.size() || (host[size] == ':' && is_port(host.substr(size + 1)));
}

Target parse_target(const RequestHead& head) {
    Target out;
    out.error = read_bytes(head.target, out.query);
    if (!out.error) out.error = read_host(head, out.host);
    if (!out.error) out.error = read_form(head, out);
    return out;
}

}  // namespace sluice::http
