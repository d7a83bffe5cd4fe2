// What both floors share.
#pragma once

#include <cstdint>

namespace bench::floor {

/// A listener on 127.0.0.1, or -1: errno says why. `flags` are those of socket().
int listen_on(std::uint16_t port, int flags);

/// A connection to 127.0.0.1, made while the caller waits; -1: errno says why.
int connect_to(std::uint16_t port);

void send_at_once(int descriptor);

/// Never comes back unless it cannot begin: errno says why.
void run_epoll(std::uint16_t port, std::uint16_t backend);
void run_io_uring(std::uint16_t port, std::uint16_t backend);

}  // namespace bench::floor
