// Which fields cross the proxy, in both directions, and the request head as a peer gets it.
#pragma once

#include "core/buffers.hpp"
#include "exchange/exchange.hpp"
#include "route/scope.hpp"

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
    http::Method method = http::Method::other;  // the one that the peer is asked with
    bool closes = false;                         // it says that this is the last request on its connection
};

/// The request as the peer gets it: what proxy_set_header says, then the client's fields, but for hop-by-hop ones (RFC 9110
/// 7.6.1), those that Connection names and, as nginx does, names with "_"; framing is written anew from the parsed form.
/// `uri`: what the peer is asked for. `host`: $proxy_host, if the conf sets no Host. `own_body`: what goes in place of the
/// client's. No bytes: it is larger than http::most_written.
WrittenHead write_request_head(route::Scope& scope, std::string_view uri, std::string_view host, std::optional<std::string_view> own_body,
                               core::BufferPool& buffers);

/// Removes from a response what is not for the client: hop-by-hop fields, framing, and what nginx hides (Date, Server,
/// X-Accel-*, X-Pad) unless proxy_pass_header says otherwise; and what proxy_hide_header names.
void keep_end_to_end(http::Fields& fields, const route::ProxySettings& settings);

}  // namespace sluice::proxy
