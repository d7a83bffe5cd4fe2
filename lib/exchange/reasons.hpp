// Why an exchange ended as it did: one row per reason, read by the answer, the retry, the health mark and both logs.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/failure.hpp"

namespace sluice::exchange {

enum class Reason : std::uint8_t {
    none,
    // the client's doing
    bad_request, not_implemented, method_not_allowed, request_line_too_long, request_head_too_large, body_too_large,
    version_not_supported, expectation_failed, denied_by_rule, client_timed_out, client_closed,
    // the peer's
    peer_refused, peer_unreachable, peer_connect_timed_out, peer_send_timed_out, peer_timed_out, peer_reset, peer_closed,
    peer_malformed, peer_head_too_large, peer_truncated, peer_error,
    // nobody there, or ourselves
    no_live_peer, no_free_peer, no_descriptors, internal,
    count_,
};

enum class Level : std::uint8_t { debug, info, notice, warn, error, crit, alert };

struct ReasonRow {
    Reason reason;
    std::string_view name;   // in logs and error answers
    int status;              // of the answer, if one can still be sent
    bool marks_peer;         // counts as a failure of the peer (max_fails)
    Level level;             // of the error log line
    std::string_view words;  // what happened, for a person
};

const ReasonRow& row(Reason reason);

/// What an answer of our own with this status is called, if it is a failure at all: none for a 404, or for a 403, which has
/// several.
Reason reason_of_own(int status);

/// The reason a failure amounts to.
Reason reason_of(const core::Failure& failure);

/// The reason behind an answer that refuses a request.
Reason reason_of_refusal(int status);

std::string_view name_of(core::Stage stage);
std::string_view name_of(Level level);

}  // namespace sluice::exchange
