// What became of the attempts at peers: one value for each, ", " between them, " : " where an internal redirect led to
// another group.
#include "route/field_values.hpp"
#include "route/value_text.hpp"
#include "route/variable_tables.hpp"

namespace sluice::route::tables {

namespace {

using exchange::Attempt;
using exchange::Reason;

template <class TextOf>
Value list(Scope& scope, TextOf text_of) {
    const auto& attempts = scope.x.record.attempts;
    if (attempts.empty()) return Value::absent();
    char room[number_room];
    core::ArenaText out(scope.arena);
    for (const Attempt& attempt : attempts) {
        if (&attempt != &attempts.front()) out += attempt.after_redirect ? " : " : ", ";
        out += text_of(attempt, room);
    }
    return {out.view()};
}

Value read_addr(Scope& scope, const Variable&) {
    const auto& attempts = scope.x.record.attempts;
    if (attempts.size() == 1) return {attempts.front().peer};
    return list(scope, [](const Attempt& attempt, char*) { return attempt.peer; });
}

bool is_peers_doing(Reason reason) { return reason >= Reason::peer_refused && reason <= Reason::no_free_peer; }

/// Of the peer's answer; 502 or 504 for one that failed without, as nginx has it.
int status_of(const Attempt& attempt) {
    if (attempt.status) return attempt.status;
    return is_peers_doing(attempt.reason) ? exchange::row(attempt.reason).status : 0;
}

Value read_status(Scope& scope, const Variable&) {
    return list(scope, [](const Attempt& attempt, char* room) -> std::string_view {
        const int status = status_of(attempt);
        if (status == 0) return "-";
        return {room, write_number(room, static_cast<std::uint64_t>(status))};
    });
}

template <core::Instant Attempt::*until>
Value read_time(Scope& scope, const Variable&) {
    return list(scope, [](const Attempt& attempt, char* room) -> std::string_view {
        if (attempt.picked == core::never || attempt.*until == core::never) return "-";
        return {room, write_seconds(room, attempt.*until - attempt.picked)};
    });
}

template <std::uint64_t Attempt::*count>
Value read_count(Scope& scope, const Variable&) {
    return list(scope, [](const Attempt& attempt, char* room) -> std::string_view {
        return {room, write_number(room, attempt.*count)};
    });
}

Value read_cookie(Scope& scope, const Variable& variable) {
    if (!scope.peer_fields) return Value::absent();
    const auto value = set_cookie_value(*scope.peer_fields, variable.key);
    return value ? Value{*value} : Value::absent();
}

Value read_from(Scope& scope, const http::Fields* fields, std::string_view key) {
    return fields ? field_value(*fields, key, ", ", scope.arena) : Value::absent();
}

constexpr VariableRow table[] = {
    {"upstream_addr", read_addr, "Addresses of the peers that were tried."},
    {"upstream_bytes_received", read_count<&Attempt::bytes_received>, "Bytes that came from each peer."},
    {"upstream_bytes_sent", read_count<&Attempt::bytes_sent>, "Bytes that went to each peer."},
    {"upstream_cache_status", [](Scope&, const Variable&) { return Value::absent(); }, "Absent: there is no cache."},
    {"upstream_connect_time", read_time<&Attempt::connected>, "Seconds until each connection was there."},
    {"upstream_cookie_", read_cookie, "The cookie of this name that the last peer sets."},
    {"upstream_header_time", read_time<&Attempt::first_byte>, "Seconds until the head of each answer was there."},
    {"upstream_http_", [](Scope& s, const Variable& v) { return read_from(s, s.peer_fields, v.key); },
     "The header field of this name in the last peer's answer."},
    {"upstream_queue_time", [](Scope&, const Variable&) { return Value::absent(); },
     "Absent: no request waits for a peer."},
    {"upstream_response_length", read_count<&Attempt::received>, "Bytes of the body of each answer."},
    {"upstream_response_time", read_time<&Attempt::ended>, "Seconds until the end of each attempt."},
    {"upstream_status", read_status, "Statuses of the answers; 502 or 504 for a peer that failed without one."},
    {"upstream_trailer_", [](Scope& s, const Variable& v) { return read_from(s, s.x.record.peer_trailers, v.key); },
     "The trailer of this name behind the last peer's answer."},
};

}  // namespace

std::span<const VariableRow> upstream() { return table; }

}  // namespace sluice::route::tables
