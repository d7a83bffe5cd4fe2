// Opening sockets to peers.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/failure.hpp"
#include "net/address.hpp"

namespace sluice::upstream {

/// How a connection to a peer is made.
struct DialOptions {
    net::Address from;         // our end; of family none: the kernel's choice. Port 0: any
    bool transparent = false;  // `from` may be an address that is not this machine's
    bool keepalive = false;    // the kernel probes the connection while it is silent
    std::uint64_t tls = 0;     // ClientContexts::number of what is agreed on by TLS; 0: plain
    std::string_view tls_name = {};  // that the peer's certificate must have, or that is sent
};

/// Opens a non-blocking socket that is connected, or connecting, to the address. Tests put their own in its place.
using Dial = core::result<int> (*)(const net::Address& to, const DialOptions& how);
core::result<int> dial(const net::Address& to, const DialOptions& how);

}  // namespace sluice::upstream
