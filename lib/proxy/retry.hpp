// Whether another peer is tried: pure functions of what is known of an attempt (RFC 9110 9.2.2; proxy_next_upstream; DESIGN.md,
// Retry). The bits of `conditions` are those of route/settings, next_upstream.
#pragma once

#include "core/failure.hpp"
#include "http/head.hpp"

namespace sluice::proxy {

/// What is known of a failed attempt.
struct FailedAttempt {
    core::Failure failure;
    http::Method method = http::Method::get;
    bool reused = false;            // the connection came from the pool
    bool peer_may_have_seen = true; // bytes of the request were handed to the kernel on a connection that was up
    bool answer_begun = false;      // response bytes have gone to the client
    bool body_replayable = true;    // every body byte read from the client is still here
    bool response_begun = false;    // the peer has sent something
};

enum class Retry : std::uint8_t {
    no,
    same_peer,   // the connection was stale: says nothing of the peer; once more on a new connection
    other_peer,
};

/// `tries_left`: other peers may be asked.
Retry may_retry(const FailedAttempt& attempt, std::uint32_t conditions, bool tries_left);

/// Whether the failure says something of the peer's health.
bool marks_peer(const FailedAttempt& attempt);

/// A peer's answer with this status is not the client's while another peer can be asked.
bool declines(int status, http::Method method, bool body_replayable, std::uint32_t conditions);

/// Whether an answer that was declined counts as a failure of the peer: 403 and 404 do not, as in nginx.
bool marks_peer(int status);

}  // namespace sluice::proxy
