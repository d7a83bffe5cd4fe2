// Listening sockets.
#pragma once

#include <optional>
#include <string>

#include "net/address.hpp"

namespace sluice::net {

struct Listening {
    int fd = -1;
    int error = 0;  // errno when there is no fd
};

/// so_keepalive; 0: as the kernel has it.
struct KeepAlive {
    bool on = false;
    int idle = 0;      // seconds without a byte before the first probe
    int interval = 0;  // seconds between probes
    int count = 0;     // probes without an answer before the connection is given up
    bool operator==(const KeepAlive&) const = default;
};

/// The parameters of `listen` that are the socket's. What accepted connections have they inherit.
struct ListenOptions {
    int backlog = 0;           // 0: 4096; cut to net.core.somaxconn by the kernel
    bool shared_port = false;  // SO_REUSEPORT
    bool ipv6_only = true;     // [::] is not every IPv4 address, too
    bool plain_ipv4 = false;   // IPv4 clients of [::] are known by their IPv4 address
    bool deferred = false;     // accept() waits for the first bytes
    std::optional<KeepAlive> keep_alive;
    int fast_open = 0;       // how many TCP Fast Open handshakes may be under way; 0: off
    int receive_buffer = 0;  // bytes; 0: the kernel decides
    int send_buffer = 0;
};

/// A bound, listening, non-blocking socket, TCP_NODELAY for what it accepts. With `shared_port` several
/// can have the same address, and the kernel spreads connections over them; not for Unix sockets, whose file is replaced
/// if nobody listens on it.
Listening listen_on(const Address& address, const ListenOptions& options);

/// Whether that address is one to listen on: bound, but not listened on, and given up again. 0, or errno. EADDRINUSE is no
/// reason: whoever has it may be who is to be replaced.
int try_address(const Address& address);

/// Sets those options that can change while a socket listens: all but the address and how it is shared. What the kernel
/// refuses stays as it was. `before`: what the socket has; what is the same is not touched.
void tune(int fd, const Address& address, const ListenOptions& before, const ListenOptions& options);

/// The address a socket is bound to: tells the port after binding to port 0.
Address local_address(int fd);

}  // namespace sluice::net
