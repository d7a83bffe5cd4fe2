// The one record of an exchange: filled on the way, read by the access log, metrics and the error log.
#pragma once

#include <array>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "core/failure.hpp"
#include "core/time.hpp"
#include "exchange/reasons.hpp"

namespace sluice::http {
class Fields;
}

namespace sluice::exchange {

struct ProxyHeader;

/// One try at one peer. Times are `never` until reached.
struct Attempt {
    std::string_view peer;                     // its address as text; lives with the group
    core::Instant picked = core::never;        // when the peer was chosen
    core::Instant connected = core::never;     // a connection was there, new or from the pool
    core::Instant sent = core::never;          // the request head was handed to the kernel
    core::Instant first_byte = core::never;    // the response head was complete
    core::Instant ended = core::never;
    std::uint64_t received = 0;                // body bytes from the peer, without framing
    std::uint64_t bytes_received = 0;          // all bytes from the peer
    std::uint64_t bytes_sent = 0;              // all bytes to the peer
    int status = 0;                            // of the peer's answer; 0: none came
    Reason reason = Reason::none;
    bool secure = false;                       // over TLS
    bool reused = false;                       // the connection came from the pool
    bool after_redirect = false;               // the first since an internal redirect, though not the first of all
};

/// A request id as 32 hexadecimal digits.
inline std::array<char, 32> id_text(const std::array<std::uint64_t, 2>& id) {
    std::array<char, 32> out;
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = "0123456789abcdef"[id[i / 16] >> (60 - i % 16 * 4) & 15];
    return out;
}

struct Record {
    std::uint64_t connection = 0;  // counts from 1 in the process
    std::uint64_t number = 0;      // of the request on its connection, from 1
    core::WallTime when;           // the request began
    core::Instant accepted = core::never;
    core::Instant began = core::never;     // first byte of the head
    core::Instant head_done = core::never;
    core::Instant last_byte = core::never; // the answer was handed to the kernel
    boost::container::small_vector<Attempt, 2> attempts;
    std::uint64_t head_size = 0;      // bytes of the request's head
    std::uint64_t body_received = 0;  // body bytes from the client
    std::uint64_t body_sent = 0;      // body bytes to the client, without framing
    std::uint64_t bytes_sent = 0;     // all bytes to the client
    int status = 0;                   // of the answer; 0: none was sent
    Reason reason = Reason::none;
    bool complete = false;            // the answer went out to its last byte
    bool pipelined = false;           // its first bytes were here before the answer to the one before was through
    bool redirected = false;          // within, since the last attempt
    std::array<std::uint64_t, 2> id{};  // request id; 0,0: not made yet

    // What the protocol itself writes into the head of the answer; valid once `status` is.
    std::optional<std::uint64_t> answer_length;  // Content-Length
    bool answer_chunked = false;
    bool keeps_alive = false;  // the client's connection

    // All good until the line is in the log; nullptr or empty: not there, or nobody asked for it to be kept.
    const ProxyHeader* proxy_header = nullptr;
    const http::Fields* peer_trailers = nullptr;
    const http::Fields* sent_trailers = nullptr;
    std::string_view request_body;  // the whole, if it fitted into memory
    std::string_view request_body_file;  // its name, if the body was written to one
    int descriptor = -1;            // of the client's connection, to ask the kernel about it

    /// Good until the next call.
    Attempt& begin_attempt(std::string_view peer, core::Instant now) {
        const bool redirect = std::exchange(redirected, false) && !attempts.empty();
        Attempt& a = attempts.emplace_back();
        a.peer = peer;
        a.picked = now;
        a.after_redirect = redirect;
        return a;
    }
    const Attempt* last_attempt() const { return attempts.empty() ? nullptr : &attempts.back(); }
    Attempt* last_attempt() { return attempts.empty() ? nullptr : &attempts.back(); }

    bool has_id() const { return (id[0] | id[1]) != 0; }
};

}  // namespace sluice::exchange
