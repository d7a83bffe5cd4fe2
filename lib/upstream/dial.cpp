#include "upstream/dial.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "net/stream.hpp"

namespace sluice::upstream {

using core::Side;
using core::Stage;

namespace {

/// False: errno says why.
bool bind_to(int fd, const DialOptions& how) {
    const int on = 1;
    const bool v6 = how.from.family() == net::Address::Family::v6;
    if (how.transparent && setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT, &on, sizeof on) != 0) return false;
    // The port is chosen when the peer is known: the same one may then serve for several peers.
    if (how.from.port() == 0) setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    const auto from = how.from.native();
    return bind(fd, from.get(), from.size) == 0;
}

core::Failure close_with(int fd, int error, Side side) {
    close(fd);
    return net::at(net::io_error(error), side, Stage::connect);
}

}  // namespace

core::result<int> dial(const net::Address& address, const DialOptions& how) {
    const auto to = address.native();
    const int fd = socket(to.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return net::at(net::io_error(errno), Side::self, Stage::connect);
    const int on = 1;
    if (to.storage.ss_family != AF_UNIX) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (how.keepalive) setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    if (how.from.family() != net::Address::Family::none && !bind_to(fd, how)) return close_with(fd, errno, Side::self);
    if (::connect(fd, to.get(), to.size) == 0 || errno == EINPROGRESS) return fd;
    // A Unix socket whose backlog is full says EAGAIN: the peer is not taking connections.
    const int error = errno == EAGAIN ? ECONNREFUSED : errno;
    // Having run out of local ports says nothing of the peer.
    return close_with(fd, error, error == EADDRNOTAVAIL ? Side::self : Side::peer);
}

}  // namespace sluice::upstream
