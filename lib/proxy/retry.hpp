// Whether a failed attempt may be repeated: a pure function (RFC 9110 9.2.2; DESIGN.md, Errors).
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
Retry may_retry(const FailedAttempt& attempt, bool tries_left);

/// Whether the failure says something of the peer's health.
bool marks_peer(const FailedAttempt& attempt);

}  // namespace sluice::proxy
