// Which fields cross the proxy, in both directions, and the request head as a peer gets it.
#pragma once

#include "core/buffers.hpp"
#include "exchange/exchange.hpp"

namespace sluice::proxy {

/// The Upgrade a request asks for and may have: "websocket" is the only token that is passed on. Another one would let a
/// client switch a connection to a protocol that nobody here reads (h2c smuggling).
bool asks_for_websocket(const http::RequestHead& head);
/// The same for the whole request: one with a body is not upgraded, for its body would be in the tunnel's way.
bool offers_websocket(const exchange::Exchange& x);
bool agrees_to_websocket(const http::ResponseHead& head);

/// A head that lies in a lent buffer.
struct WrittenHead {
    core::Buffer buffer;
    std::string_view bytes;
};

/// The request as the peer gets it: hop-by-hop fields removed (RFC 9110 7.6.1) with those that Connection names, Host kept,
/// X-Forwarded-For, -Proto, -Host and X-Real-IP set, names with "_" left out as nginx does, framing written anew from the
/// parsed form.
WrittenHead write_request_head(const exchange::Exchange& x, core::BufferPool& buffers);

/// Removes from a response what is not for the client: hop-by-hop fields, framing, and what nginx hides (Date, Server,
/// X-Accel-*, X-Pad).
void keep_end_to_end(http::Fields& fields);

}  // namespace sluice::proxy
