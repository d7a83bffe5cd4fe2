// What a load balancer in front said of the client in a PROXY protocol header (haproxy's proxy-protocol.txt).
#pragma once

#include <string>
#include <string_view>

#include "net/address.hpp"

namespace sluice::exchange {

/// Of the connection: the same for all its exchanges. Addresses are none after UNKNOWN or LOCAL.
struct ProxyHeader {
    net::Address client;
    net::Address server;  // where the client connected to
    std::string tlvs;     // version 2: type, two bytes of length and value, one after another, as they came
};

struct ProxyHeaderOutcome {
    enum class State : std::uint8_t { need_more, complete, failed };
    State state = State::need_more;
    std::size_t size = 0;  // complete: bytes of the header; the request begins behind them
    std::string why = {};  // failed: nginx's words for the log
};

/// Bytes that a header may have at most: 107 in version 1 (proxy-protocol.txt 2.1), in version 2 what nginx takes.
constexpr std::size_t longest_proxy_header_v1 = 107;
constexpr std::size_t longest_proxy_header = 4096;

/// Reads the header at the start of `bytes`, of version 1 or 2. Fails as soon as they cannot become one. On need_more call
/// again with more of them; never needed with longest_proxy_header bytes. `out` is filled in on complete.
ProxyHeaderOutcome read_proxy_header(std::string_view bytes, ProxyHeader& out);

}  // namespace sluice::exchange
