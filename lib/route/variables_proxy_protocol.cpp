// What a PROXY protocol header said.
#include <charconv>

#include "exchange/proxy_header.hpp"
#include "route/value_text.hpp"
#include "route/variable_tables.hpp"

namespace sluice::route::tables {

namespace {

using exchange::ProxyHeader;

template <net::Address ProxyHeader::*end>
Value read_addr(Scope& scope, const Variable&) {
    const auto* header = scope.x.record.proxy_header;
    return header ? ip_value(scope, header->*end) : Value::absent();
}

template <net::Address ProxyHeader::*end>
Value read_port(Scope& scope, const Variable&) {
    const auto* header = scope.x.record.proxy_header;
    return header ? port_value(scope, (header->*end).port()) : Value::absent();
}

struct TlvName {
    std::string_view name;
    unsigned type;
};

// proxy-protocol.txt 2.2
constexpr TlvName tlv_names[] = {
    {"alpn", 0x01}, {"authority", 0x02}, {"unique_id", 0x05}, {"ssl", 0x20}, {"netns", 0x30}};
constexpr TlvName ssl_names[] = {
    {"version", 0x21}, {"cn", 0x22}, {"cipher", 0x23}, {"sig_alg", 0x24}, {"key_alg", 0x25}};
constexpr unsigned ssl_type = 0x20;
constexpr std::size_t ssl_head = 5;  // a byte of flags and four of the result of the check, before what it holds itself

/// "0xea", or a name; nothing: no such name.
std::optional<unsigned> type_of(std::string_view name, std::span<const TlvName> names) {
    for (const TlvName& known : names)
        if (known.name == name) return known.type;
    unsigned type = 0;
    if (!name.starts_with("0x")) return std::nullopt;
    const auto [end, error] = std::from_chars(name.begin() + 2, name.end(), type, 16);
    return error == std::errc{} && end == name.end() ? std::optional(type) : std::nullopt;
}

unsigned byte(char c) { return static_cast<unsigned char>(c); }

/// The first of this type; nothing as well if they end in the middle of one.
std::optional<std::string_view> find_tlv(std::string_view tlvs, std::optional<unsigned> type) {
    while (type && tlvs.size() >= 3) {
        const std::size_t size = byte(tlvs[1]) << 8 | byte(tlvs[2]);
        if (tlvs.size() < 3 + size) return std::nullopt;
        if (byte(tlvs[0]) == *type) return tlvs.substr(3, size);
        tlvs.remove_prefix(3 + size);
    }
    return std::nullopt;
}

/// $proxy_protocol_tlv_ssl_…
Value read_ssl(Scope& scope, std::string_view ssl, std::string_view name) {
    if (ssl.size() < ssl_head) return Value::absent();
    if (name == "verify") {
        const std::uint64_t result = byte(ssl[1]) << 24 | byte(ssl[2]) << 16 | byte(ssl[3]) << 8 | byte(ssl[4]);
        return number_value(scope, result);
    }
    const auto value = find_tlv(ssl.substr(ssl_head), type_of(name, ssl_names));
    return value ? Value{*value} : Value::absent();
}

Value read_tlv(Scope& scope, const Variable& variable) {
    const auto* header = scope.x.record.proxy_header;
    if (!header) return Value::absent();
    const std::string_view name = variable.key;
    if (name.starts_with("ssl_")) {
        const auto ssl = find_tlv(header->tlvs, ssl_type);
        return ssl ? read_ssl(scope, *ssl, name.substr(4)) : Value::absent();
    }
    const auto value = find_tlv(header->tlvs, type_of(name, tlv_names));
    return value ? Value{*value} : Value::absent();
}

constexpr VariableRow table[] = {
    {"proxy_protocol_addr", read_addr<&ProxyHeader::client>, "The client's address by the PROXY protocol."},
    {"proxy_protocol_port", read_port<&ProxyHeader::client>, "The client's port by the PROXY protocol."},
    {"proxy_protocol_server_addr", read_addr<&ProxyHeader::server>,
     "The address that the client connected to by the PROXY protocol."},
    {"proxy_protocol_server_port", read_port<&ProxyHeader::server>,
     "The port that the client connected to by the PROXY protocol."},
    {"proxy_protocol_tlv_", read_tlv,
     "A value that the PROXY protocol's header carries: alpn, authority, unique_id, netns, ssl_version, ssl_cn, "
     "ssl_cipher, ssl_sig_alg, ssl_key_alg, ssl_verify, or a type as 0xHH."},
};

}  // namespace

std::span<const VariableRow> proxy_protocol() { return table; }

}  // namespace sluice::route::tables
