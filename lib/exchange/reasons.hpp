// Why an exchange ended as it did: one row per reason, read by the answer, the retry, the health mark and both logs.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/failure.hpp"

namespace sluice::exchange {

enum class Reason : std::uint8_t {
    none,
    // the client's doing
    bad_request, not_implemented, method_not_allowed, request_line_too_long, request_head_too_large, body_too_large,
    version_not_supported, denied_by_rule, client_timed_out, client_closed, plain_http, client_certificate_refused, client_certificate_missing, misdirected,
    // the peer's
    peer_refused, peer_unreachable, peer_connect_timed_out, peer_send_timed_out, peer_timed_out, peer_reset, peer_closed,
    peer_malformed, peer_head_too_large, peer_truncated, peer_tls, peer_certificate, own_certificate, peer_error,
    // nobody there, or ourselves
    no_live_peer, no_free_peer, no_descriptors, internal,
    // what the conf leads to
    redirect_cycle, pattern_limit, rewrite_too_long, answer_head_too_large, request_head_too_large_for_peer, body_gone, no_named_location, bad_proxy_url, no_such_group, unauthorized, access_denied, not_found,
    count_,
};

enum class Level : std::uint8_t { debug, info, notice, warn, error, crit, alert, emerg };

struct ReasonRow {
    Reason reason;
    std::string_view name;   // in logs and error answers
    int status;              // of the answer, if one can still be sent
    bool marks_peer;         // counts as a failure of the peer (max_fails)
    Level level;             // of the error log line
    std::string_view words;  // what happened, for a person
    std::string_view error_type;  // in Proxy-Status: registered for RFC 9209 2.3; "": none fits, or it is no failure
    std::string_view cause;       // why that happens, in a sentence or two
    std::string_view remedy;      // what to do about it

    /// An answer that the conf or the files lead to, and nothing that somebody must look into: its page is nginx's alone.
    bool is_ordinary() const { return level == Level::debug; }
};

const ReasonRow& row(Reason reason);
/// All but `none`, in their order.
std::span<const ReasonRow> reason_rows();

/// What an answer of our own with this status is called, none if there is no such row. A 403 by a
/// rule has a reason that its own place tells.
Reason reason_of_own(int status);

/// The reason a failure amounts to.
Reason reason_of(const core::Failure& failure);

/// The reason behind an answer that refuses a request.
Reason reason_of_refusal(int status);

std::string_view name_of(core::Stage stage);
std::string_view name_of(Level level);

}  // namespace sluice::exchange
