// What can go wrong at run time without anybody's code being wrong: a value, never an exception.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>

namespace sluice::core {

/// Whose doing it is.
enum class Side : std::uint8_t { self, client, peer };

/// Where in the life of an exchange it happened.
enum class Stage : std::uint8_t { accept, handshake, request_head, request_body, pick, connect, send, response_head, response_body, tunnel };

/// What happened. One row each in exchange/reasons.
enum class Code : std::uint8_t {
    end_of_stream,   // the other side closed in the right order, where more was due
    reset,           // the connection broke (ECONNRESET, EPIPE and the like)
    refused,         // connect was refused
    unreachable,     // no route, network or host down
    timed_out,       // a deadline passed
    cancelled,       // we stopped waiting on purpose
    malformed,       // bytes that are not what they should be
    too_large,       // a limit of ours was passed
    no_descriptors,  // EMFILE, ENFILE
    no_live_peer,    // every peer is marked down
    no_free_peer,    // every live peer is at its max_conns
    bad_tls,         // not TLS, or a handshake that came to nothing
    bad_certificate, // the other side's certificate was refused
    system,          // any other error of the kernel, in `os_error`
};

/// `os_error` is errno, or 0 where no system call failed.
struct Failure {
    Code code{};
    Side side{};
    Stage stage{};
    int os_error = 0;
};

template <class T>
using result = boost::system::result<T, Failure>;

[[noreturn]] inline void throw_exception_from_error(const Failure&, const boost::source_location&) { __builtin_trap(); }

}  // namespace sluice::core
