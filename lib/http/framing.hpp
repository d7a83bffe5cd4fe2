// How long is the body, and may we trust it? The only place that decides (RFC 9112 6).
#pragma once

#include <cstdint>

#include "http/head.hpp"

namespace sluice::http {

enum class BodyKind : std::uint8_t {
    none,         // no body at all, whatever the fields say (HEAD, 204, 304), or an absent one
    length,       // exactly `length` bytes, `length` may be 0
    chunked,      // until the last chunk and its trailers
    until_close,  // responses only
};

struct Framing {
    BodyKind kind = BodyKind::none;
    std::uint64_t length = 0;
    const char* error = nullptr;  // what is wrong, in plain words; then nothing else counts
    int status = 0;               // the answer owed with `error`: 400, 501 (a transfer coding we do not know) or 502
};

/// RFC 9112 6.1, 6.3. Refused: Content-Length with Transfer-Encoding; several Content-Length that differ, or a list of
/// them; anything but digits; a value over 2^63-1; Transfer-Encoding that is not exactly one "chunked"; several
/// Transfer-Encoding lines; Transfer-Encoding in HTTP/1.0. Several equal Content-Length lines count as an error as well:
/// no honest client sends them, and nginx refuses them.
Framing frame_request(const RequestHead& head);

/// The same rules for responses, with 502; `request` is the method it answers (RFC 9112 6.3 items 1 and 2).
/// 1xx, 204, 304 and answers to HEAD have none; 101 and 2xx to CONNECT are the caller's business.
Framing frame_response(const ResponseHead& head, Method request);

/// Whether the sender will keep its connection open after this message (RFC 9112 9.3): version and Connection field.
bool keeps_alive(int minor, const Fields& fields);

/// A field that comes twice and, as in nginx, may not: which of the two counts would be a guess, and a peer's may differ.
/// The second one, or nullptr.
const Field* find_second(const Fields& fields);

/// More options than any honest sender names in Connection: looking for each field among them would cost their product.
bool too_many_connection_options(const Fields& fields);

}  // namespace sluice::http
