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
}  // namespace

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
    if (bind(fd, to.get(), to.size) == 0 && listen(fd, options.backlog > 0 ? options.backlog : usual_backlog) == 0) {
        // Whoever can reach the folder may connect, as with nginx.
        if (family == AF_UNIX) chmod(address.path().c_str(), 0666);
        return {fd, 0};
    }
    const int error = errno;
    close(fd);
    return {-1, error};
}

Address local_address(int fd) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
    return Address::from(reinterpret_cast<sockaddr*>(&storage), size);
}

}  // namespace sluice::net
