// The client's connection: its two ends, its age, what the kernel knows of it.
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>

#include "route/value_text.hpp"
#include "route/variable_tables.hpp"

namespace sluice::route::tables {

namespace {

/// Several fields towards a peer and the log ask for it.
Value read_remote_addr(Scope& scope, const Variable&) { return client_ip_value(scope); }

Value read_remote_port(Scope& scope, const Variable&) {
    return scope.x.client ? port_value(scope, scope.x.client->port()) : Value::absent();
}

/// The connection's other end, whoever it speaks for.
const net::Address* connected(const Scope& scope) { return scope.x.connected ? scope.x.connected : scope.x.client; }

Value read_connected_addr(Scope& scope, const Variable&) {
    const auto* address = connected(scope);
    return address ? ip_value(scope, *address) : Value::absent();
}

Value read_connected_port(Scope& scope, const Variable&) {
    const auto* address = connected(scope);
    return address ? port_value(scope, address->port()) : Value::absent();
}

Value read_binary_remote_addr(Scope& scope, const Variable& variable) {
    if (!scope.x.client) return Value::absent();
    const auto bytes = scope.x.client->ip_bytes();
    if (bytes.empty()) return read_remote_addr(scope, variable);
    return {{reinterpret_cast<const char*>(bytes.data()), bytes.size()}};
}

const net::Address& listener_address(const Scope& scope) {
    return scope.x.local ? *scope.x.local : scope.listening.address;
}

bool is_any(const net::Address& address) {
    const auto bytes = address.ip_bytes();
    return !bytes.empty() && std::ranges::all_of(bytes, [](unsigned char byte) { return byte == 0; });
}

Value read_server_addr(Scope& scope, const Variable&) {
    const net::Address& address = listener_address(scope);
    if (address.family() == net::Address::Family::unix_path) {
        core::ArenaText out(scope.arena);
        (out += "unix:") += address.path();
        return {out.view()};
    }
    if (is_any(address) && scope.x.requester) return ip_value(scope, scope.x.requester->local_address());
    return ip_value(scope, address);
}

Value read_connection_time(Scope& scope, const Variable&) {
    const auto accepted = scope.x.record.accepted;
    return accepted == core::never ? Value::absent() : seconds_value(scope, scope.tools.clock.now() - accepted);
}

template <auto member>
Value read_tcp_info(Scope& scope, const Variable&) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(scope.x.record.descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return Value::absent();
    return number_value(scope, info.*member);
}

constexpr VariableRow table[] = {
    {"binary_remote_addr", read_binary_remote_addr, "The client's address as 4 or 16 bytes."},
    {"connection", [](Scope& s, const Variable&) { return number_value(s, s.x.record.connection); },
     "The number of the connection; counts from 1."},
    {"connection_requests", [](Scope& s, const Variable&) { return number_value(s, s.x.record.number); },
     "The number of this request on its connection; counts from 1."},
    {"connection_time", read_connection_time, "Seconds since the connection was accepted."},
    {"https", [](Scope& s, const Variable&) { return Value{s.x.secure ? "on" : ""}; },
     "\"on\" over TLS, else nothing."},
    {"pipe", [](Scope& s, const Variable&) { return Value{s.x.record.pipelined ? "p" : "."}; },
     "\"p\" if the request was sent before the previous one was answered, else \".\"."},
    {"realip_remote_addr", read_connected_addr, "The address of the connection's other end, whoever it speaks for."},
    {"realip_remote_port", read_connected_port, "The port of the connection's other end."},
    {"remote_addr", read_remote_addr, "The client's address."},
    {"remote_port", read_remote_port, "The client's port."},
    {"scheme", [](Scope& s, const Variable&) { return Value{s.x.secure ? "https" : "http"}; },
     "\"http\" or \"https\"."},
    {"server_addr", read_server_addr, "The address that the client connected to."},
    {"server_name", [](Scope& s, const Variable&) { return Value{s.site->name}; }, "The site's first server_name."},
    {"server_port", [](Scope& s, const Variable&) { return port_value(s, listener_address(s).port()); },
     "The port that the client connected to."},
    {"tcpinfo_rtt", read_tcp_info<&tcp_info::tcpi_rtt>, "The connection's round trip in microseconds."},
    {"tcpinfo_rttvar", read_tcp_info<&tcp_info::tcpi_rttvar>, "How much the round trip varies, in microseconds."},
    {"tcpinfo_snd_cwnd", read_tcp_info<&tcp_info::tcpi_snd_cwnd>, "The congestion window in segments."},
    {"tcpinfo_rcv_space", read_tcp_info<&tcp_info::tcpi_rcv_space>, "The receive window in bytes."},
};

}  // namespace

std::span<const VariableRow> connection() { return table; }

}  // namespace sluice::route::tables
