#include "exchange/reasons.hpp"

#include <array>

namespace sluice::exchange {

using core::Code;
using core::Failure;
using core::Side;
using core::Stage;

namespace {

Reason of_client(const Failure& f) {
    switch (f.code) {
        case Code::timed_out: return Reason::client_timed_out;
        case Code::malformed: return Reason::bad_request;
        case Code::too_large: return Reason::body_too_large;
        default: return Reason::client_closed;
    }
}

Reason of_timeout(Stage stage) {
    if (stage == Stage::connect || stage == Stage::handshake) return Reason::peer_connect_timed_out;
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
        case Code::bad_tls: return Reason::peer_tls;
        case Code::bad_certificate: return Reason::peer_certificate;
        default: return Reason::peer_error;
    }
}
}  // namespace

Reason reason_of(const Failure& f) {
    switch (f.code) {
        case Code::no_live_peer: return Reason::no_live_peer;
        case Code::no_free_peer: return Reason::no_free_peer;
        case Code::no_descriptors: return Reason::no_descriptors;
        default: break;
    }
    if (f.side == Side::client) return of_client(f);
    if (f.side == Side::self && f.code == Code::too_large)
        return f.stage == Stage::response_head ? Reason::answer_head_too_large : Reason::request_head_too_large_for_peer;
    if (f.side == Side::self && f.code == Code::bad_certificate) return Reason::own_certificate;
    return f.side == Side::peer ? of_peer(f) : Reason::internal;
}

Reason reason_of_own(int status) {
    for (const auto& r : reason_rows())
        if (r.status == status && r.reason != Reason::denied_by_rule) return r.reason;
    return Reason::none;
}

Reason reason_of_refusal(int status) {
    const auto reason = reason_of_own(status);
    return reason == Reason::none ? Reason::bad_request : reason;
}

std::string_view name_of(Stage stage) {
    static constexpr std::array<std::string_view, 10> names{"accept",  "TLS handshake", "request head",  "request body",  "pick",  "connect",
                                                           "sending", "response head", "response body", "tunnel"};
    return names[static_cast<std::size_t>(stage)];
}

std::string_view name_of(Level level) {
    static constexpr std::array<std::string_view, 8> names{"debug", "info", "notice", "warn", "error", "crit", "alert", "emerg"};
    return names[static_cast<std::size_t>(level)];
}

}  // namespace sluice::exchange
