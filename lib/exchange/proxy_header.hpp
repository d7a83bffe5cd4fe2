// What a load balancer in front said of the client in a PROXY protocol header (haproxy's proxy-protocol.txt).
#pragma once

#include <string>

#include "net/address.hpp"

namespace sluice::exchange {

/// Of the connection: the same for all its exchanges. Addresses are none after UNKNOWN or LOCAL.
struct ProxyHeader {
    net::Address client;
    net::Address server;  // where the client connected to
    std::string tlvs;     // version 2: type, two bytes of length and value, one after another, as they came
};

}  // namespace sluice::exchange
