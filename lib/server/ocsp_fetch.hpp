// One question to an OCSP responder over HTTP (RFC 6960 A.1).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "tls/ocsp_question.hpp"

namespace sluice::server {

struct OcspFetched {
    std::string der;      // if problem is empty
    std::string problem;  // "OCSP responder timed out (110: Connection timed out)"
    std::string peer;     // "127.0.0.1:8080": who was asked last; "" if the name was not found
};

/// Asks each address of the responder until one answers. Takes no longer than `patience` for each. Control thread; may be
/// destroyed while it waits.
boost::asio::awaitable<OcspFetched> fetch_ocsp(std::shared_ptr<const tls::OcspQuestion> question,
                                               std::chrono::milliseconds patience);

/// Bytes of an answer's body that are read.
inline constexpr std::size_t most_of_ocsp_answer = 256 * 1024;

}  // namespace sluice::server
