// The one record of an exchange: filled on the way, read by the access log, metrics and the error log.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "core/failure.hpp"
#include "core/time.hpp"
#include "exchange/reasons.hpp"

namespace sluice::exchange {

/// One try at one peer. Times are `never` until reached.
struct Attempt {
    std::string_view peer;                     // its address as text; lives with the group
    core::Instant picked = core::never;        // when the peer was chosen
    core::Instant connected = core::never;     // a connection was there, new or from the pool
    core::Instant sent = core::never;          // the request head was handed to the kernel
    core::Instant first_byte = core::never;    // the response head was complete
    core::Instant ended = core::never;
    std::uint64_t received = 0;                // body bytes from the peer
    int status = 0;                            // of the peer's answer; 0: none came
    Reason reason = Reason::none;
    bool reused = false;                       // the connection came from the pool
};

struct Record {
    static constexpr std::size_t kept_attempts = 4;  // the last of them overwritten when there are more

    std::uint64_t connection = 0;  // counts from 1 in the process
    std::uint64_t number = 0;      // of the request on its connection, from 1
    core::WallTime when;           // the request began
    core::Instant accepted = core::never;
    core::Instant began = core::never;     // first byte of the head
    core::Instant head_done = core::never;
    core::Instant last_byte = core::never; // the answer was handed to the kernel
    std::array<Attempt, kept_attempts> attempts;
    std::size_t attempt_count = 0;
    std::uint64_t body_sent = 0;      // body bytes to the client, without framing
    std::uint64_t bytes_sent = 0;     // all bytes to the client
    std::uint64_t body_received = 0;  // body bytes from the client
    int status = 0;                   // of the answer; 0: none was sent
    Reason reason = Reason::none;
    std::array<std::uint64_t, 2> id{};  // request id; 0,0: not made yet

    Attempt& begin_attempt(std::string_view peer, core::Instant now) {
        Attempt& a = attempts[attempt_count < kept_attempts ? attempt_count : kept_attempts - 1];
        ++attempt_count;
        a = Attempt{};
        a.peer = peer;
        a.picked = now;
        return a;
    }
    const Attempt* last_attempt() const {
        return attempt_count == 0 ? nullptr : &attempts[(attempt_count < kept_attempts ? attempt_count : kept_attempts) - 1];
    }
    Attempt* last_attempt() { return const_cast<Attempt*>(static_cast<const Record*>(this)->last_attempt()); }
};

}  // namespace sluice::exchange
