// Listening sockets.
#pragma once

#include <string>

#include "net/address.hpp"

namespace sluice::net {

struct Listening {
    int fd = -1;
    int error = 0;  // errno when there is no fd
};

struct ListenOptions {
    int backlog = 0;           // 0: 4096; cut to net.core.somaxconn by the kernel
    bool shared_port = false;  // SO_REUSEPORT
    bool ipv6_only = true;     // [::] is not every IPv4 address, too
};

/// A bound, listening, non-blocking socket, TCP_NODELAY for what it accepts. With `shared_port` several
/// can have the same address, and the kernel spreads connections over them; not for Unix sockets, whose file is replaced
/// if nobody listens on it.
Listening listen_on(const Address& address, const ListenOptions& options);

/// The address a socket is bound to: tells the port after binding to port 0.
Address local_address(int fd);

}  // namespace sluice::net
