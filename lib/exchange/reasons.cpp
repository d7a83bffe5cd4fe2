#include "exchange/reasons.hpp"

#include <array>

namespace sluice::exchange {

using core::Code;
using core::Failure;
using core::Side;
using core::Stage;
using enum Level;

namespace {
constexpr std::array<ReasonRow, static_cast<std::size_t>(Reason::count_)> rows{{
    {Reason::none, "-", 200, false, debug, ""},
    {Reason::bad_request, "bad_request", 400, false, info, "client sent a request that is not valid HTTP/1.1"},
    {Reason::not_implemented, "not_implemented", 501, false, info, "client used a transfer coding that is not implemented"},
    {Reason::method_not_allowed, "method_not_allowed", 405, false, info, "client used a method that is not allowed"},
    {Reason::request_line_too_long, "request_line_too_long", 414, false, info, "client sent a too long request line"},
    {Reason::request_head_too_large, "request_head_too_large", 431, false, info, "client sent too large a request head"},
    {Reason::body_too_large, "body_too_large", 413, false, error, "client intended to send too large a body"},
    {Reason::version_not_supported, "version_not_supported", 505, false, info, "client used an HTTP version that is not served"},
    {Reason::expectation_failed, "expectation_failed", 417, false, info, "client expects something other than 100-continue"},
    {Reason::denied_by_rule, "denied_by_rule", 403, false, error, "a deny rule of the conf is about this client"},
    {Reason::client_timed_out, "client_timed_out", 408, false, info, "client timed out"},
    {Reason::client_closed, "client_closed", 499, false, info, "client closed the connection before it had its answer"},
    {Reason::peer_refused, "peer_refused", 502, true, error, "peer refused the connection"},
    {Reason::peer_unreachable, "peer_unreachable", 502, true, error, "peer cannot be reached"},
    {Reason::peer_connect_timed_out, "peer_connect_timed_out", 504, true, error, "peer did not accept the connection in time"},
    {Reason::peer_send_timed_out, "peer_send_timed_out", 504, true, error, "peer did not take the request in time"},
    {Reason::peer_timed_out, "peer_timed_out", 504, true, error, "peer did not answer in time"},
    {Reason::peer_reset, "peer_reset", 502, true, error, "peer reset the connection"},
    {Reason::peer_closed, "peer_closed", 502, true, error, "peer closed the connection without an answer"},
    {Reason::peer_malformed, "peer_malformed", 502, true, error, "peer sent an answer that is not valid HTTP/1.1"},
    {Reason::peer_head_too_large, "peer_head_too_large", 502, true, error,
     "peer sent too big a head, larger than proxy_buffer_size (nginx: upstream sent too big header)"},
    {Reason::peer_truncated, "peer_truncated", 502, true, error, "peer ended its answer too early"},
    {Reason::peer_error, "peer_error", 502, true, error, "connection to the peer failed"},
    {Reason::no_live_peer, "no_live_peer", 502, false, error, "no live peer in the group"},
    {Reason::no_free_peer, "no_free_peer", 503, false, error, "every live peer of the group is at its connection limit"},
    {Reason::no_descriptors, "no_descriptors", 503, false, crit, "out of file descriptors"},
    {Reason::internal, "internal", 500, false, alert, "internal error"},
}};

Reason of_client(const Failure& f) {
    switch (f.code) {
        case Code::timed_out: return Reason::client_timed_out;
        case Code::malformed: return Reason::bad_request;
        case Code::too_large: return Reason::body_too_large;
        default: return Reason::client_closed;
    }
}

Reason of_timeout(Stage stage) {
    if (stage == Stage::connect) return Reason::peer_connect_timed_out;
    return stage == Stage::send || stage == Stage::request_body ? Reason::peer_send_timed_out : Reason::peer_timed_out;
}

Reason of_peer(const Failure& f) {
    switch (f.code) {
        case Code::refused: return Reason::peer_refused;
        case Code::unreachable: return Reason::peer_unreachable;
        case Code::timed_out: return of_timeout(f.stage);
        case Code::malformed: return Reason::peer_malformed;
        case Code::too_large: return Reason::peer_head_too_large;
        case Code::end_of_stream: return f.stage == Stage::response_body ? Reason::peer_truncated : Reason::peer_closed;
        case Code::reset: return f.stage == Stage::response_body ? Reason::peer_truncated : Reason::peer_reset;
        default: return Reason::peer_error;
    }
}
}  // namespace

const ReasonRow& row(Reason reason) { return rows[static_cast<std::size_t>(reason)]; }

Reason reason_of(const Failure& f) {
    switch (f.code) {
        case Code::no_live_peer: return Reason::no_live_peer;
        case Code::no_free_peer: return Reason::no_free_peer;
        case Code::no_descriptors: return Reason::no_descriptors;
        default: break;
    }
    if (f.side == Side::client) return of_client(f);
    return f.side == Side::peer ? of_peer(f) : Reason::internal;
}

Reason reason_of_own(int status) {
    for (const auto& r : rows)
        if (r.status == status && r.reason != Reason::none && r.reason != Reason::denied_by_rule) return r.reason;
    return Reason::none;
}

Reason reason_of_refusal(int status) {
    const auto reason = reason_of_own(status);
    return reason == Reason::none ? Reason::bad_request : reason;
}

std::string_view name_of(Stage stage) {
    static constexpr std::array<std::string_view, 9> names{"accept",  "request head",  "request body",  "pick",  "connect",
                                                           "sending", "response head", "response body", "tunnel"};
    return names[static_cast<std::size_t>(stage)];
}

std::string_view name_of(Level level) {
    static constexpr std::array<std::string_view, 7> names{"debug", "info", "notice", "warn", "error", "crit", "alert"};
    return names[static_cast<std::size_t>(level)];
}

}  // namespace sluice::exchange
