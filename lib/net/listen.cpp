#include "net/listen.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::net {

namespace {
constexpr int usual_backlog = 4096;

/// Removes the file of a Unix socket on which nobody listens any more; one in use stays.
void remove_stale(const Address& address) {
    struct stat file {};
    if (lstat(address.path().c_str(), &file) != 0 || !S_ISSOCK(file.st_mode)) return;
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return;
    const auto to = address.native();
    if (connect(fd, to.get(), to.size) != 0 && errno == ECONNREFUSED) unlink(address.path().c_str());
    close(fd);
}
int backlog_of(const ListenOptions& options) { return options.backlog > 0 ? options.backlog : usual_backlog; }

void set(int fd, int level, int name, int value) { setsockopt(fd, level, name, &value, sizeof value); }

void set_keep_alive(int fd, const KeepAlive& keep) {
    set(fd, SOL_SOCKET, SO_KEEPALIVE, keep.on);
    if (keep.idle > 0) set(fd, IPPROTO_TCP, TCP_KEEPIDLE, keep.idle);
    if (keep.interval > 0) set(fd, IPPROTO_TCP, TCP_KEEPINTVL, keep.interval);
    if (keep.count > 0) set(fd, IPPROTO_TCP, TCP_KEEPCNT, keep.count);
}

/// Buffers must have their sizes before the handshake, which tells the other side of the window.
void tune_socket(int fd, bool is_tcp, const ListenOptions& before, const ListenOptions& options) {
    if (options.receive_buffer > 0 && options.receive_buffer != before.receive_buffer)
        set(fd, SOL_SOCKET, SO_RCVBUF, options.receive_buffer);
    if (options.send_buffer > 0 && options.send_buffer != before.send_buffer)
        set(fd, SOL_SOCKET, SO_SNDBUF, options.send_buffer);
    if (!is_tcp) return;
    if (options.keep_alive != before.keep_alive) set_keep_alive(fd, options.keep_alive.value_or(KeepAlive{}));
    if (options.fast_open != before.fast_open) set(fd, IPPROTO_TCP, TCP_FASTOPEN, options.fast_open);
    if (options.deferred != before.deferred) set(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, options.deferred);
}
}  // namespace

void tune(int fd, const Address& address, const ListenOptions& before, const ListenOptions& options) {
    tune_socket(fd, address.family() != Address::Family::unix_path, before, options);
    if (options.backlog != before.backlog) listen(fd, backlog_of(options));
}

Listening listen_on(const Address& address, const ListenOptions& options) {
    const auto to = address.native();
    const int family = to.storage.ss_family;
    if (family == AF_UNIX) remove_stale(address);
    const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return {-1, errno};
    const int on = 1;
    if (family != AF_UNIX) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        if (options.shared_port) setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        // The any-address serves IPv4 as well; a particular one is what it says.
        const int only = options.ipv6_only;
        if (family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    }
    tune_socket(fd, family != AF_UNIX, {}, options);
    if (bind(fd, to.get(), to.size) == 0 && listen(fd, backlog_of(options)) == 0) {
        // Whoever can reach the folder may connect, as with nginx.
        if (family == AF_UNIX) chmod(address.path().c_str(), 0666);
        return {fd, 0};
    }
    const int error = errno;
    close(fd);
    return {-1, error};
}

int try_address(const Address& address) {
    const auto to = address.native();
    const int family = to.storage.ss_family;
    struct stat file {};
    if (family == AF_UNIX && lstat(address.path().c_str(), &file) == 0) return 0;
    const int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return errno;
    set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (family == AF_INET6) set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    const int error = bind(fd, to.get(), to.size) == 0 ? 0 : errno;
    if (error == 0 && family == AF_UNIX) unlink(address.path().c_str());
    close(fd);
    return error == EADDRINUSE ? 0 : error;
}

Address local_address(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
    return Address::from(reinterpret_cast<sockaddr*>(&storage), size);
}

}  // namespace sluice::net
