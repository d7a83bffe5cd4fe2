// The least that relaying a request can cost on this kernel: each client has a connection to the backend, and what comes on
// one goes out on the other unread. Two receives and two sends a request, and a wait; no HTTP, no limits, no deadlines. What
// a proxy costs above it is its own doing, what it costs below cannot be had with these calls.
//
//   bench_floor PORT BACKEND-PORT epoll|io_uring
//
// io_uring, where it is built in (-DSLUICE_IO_URING=ON), receives for good into a ring of buffers and sends by queue: one
// system call a turn.
#include "floor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <vector>

namespace bench::floor {

namespace {

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return name;
}

}  // namespace

int listen_on(std::uint16_t port, int flags) {
    const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    const int on = 1;
    ::setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto name = loopback(port);
    return ::bind(s, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0 && ::listen(s, 1024) == 0 ? s : -1;
}

int connect_to(std::uint16_t port) {
    const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto name = loopback(port);
    if (::connect(s, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return ::close(s), -1;
    send_at_once(s);
    return s;
}

void send_at_once(int descriptor) {
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void run_epoll(std::uint16_t port, std::uint16_t backend) {
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    const int listener = listen_on(port, SOCK_NONBLOCK);
    if (listener < 0) return;
    std::vector<int> other_end(65536, -1);
    const auto watch = [&](int s, std::uint32_t events) {
        epoll_event event{.events = events, .data = {.fd = s}};
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, s, &event);
    };
    watch(listener, EPOLLIN);
    std::vector<char> room(65536);
    for (std::array<epoll_event, 256> events;;) {
        const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const int s = events[static_cast<std::size_t>(i)].data.fd;
            if (s == listener) {
                const int client = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
                const int peer = client < 0 ? -1 : connect_to(backend);
                if (peer < 0) {
                    if (client >= 0) ::close(client);
                    continue;
                }
                send_at_once(client);
                other_end[static_cast<std::size_t>(client)] = peer;
                other_end[static_cast<std::size_t>(peer)] = client;
                watch(client, EPOLLIN | EPOLLRDHUP | EPOLLET);
                watch(peer, EPOLLIN | EPOLLRDHUP | EPOLLET);
                continue;
            }
            const int other = other_end[static_cast<std::size_t>(s)];
            const ssize_t n = other < 0 ? -1 : ::recv(s, room.data(), room.size(), MSG_DONTWAIT);
            if (n > 0) {
                ::send(other, room.data(), static_cast<std::size_t>(n), MSG_NOSIGNAL);
            } else if (n == 0) {
                other_end[static_cast<std::size_t>(s)] = other_end[static_cast<std::size_t>(other)] = -1;
                ::close(s);
                ::close(other);
            }
        }
    }
}

#ifndef SLUICE_IO_URING
void run_io_uring(std::uint16_t, std::uint16_t) {
    std::fputs("bench_floor: built without io_uring: cmake --preset release -DSLUICE_IO_URING=ON\n", stderr);
    errno = ENOSYS;
}
#endif

}  // namespace bench::floor

int main(int argc, char** argv) {
    std::array<std::uint16_t, 2> ports{};
    for (int i = 1; i < 3 && i < argc; ++i) {
        const std::string_view text = argv[i];
        std::from_chars(text.data(), text.data() + text.size(), ports[static_cast<std::size_t>(i - 1)]);
    }
    const std::string_view how = argc == 4 ? argv[3] : "";
    if (!ports[0] || !ports[1] || (how != "epoll" && how != "io_uring")) {
        std::fputs("usage: bench_floor PORT BACKEND-PORT epoll|io_uring\n", stderr);
        return 2;
    }
    (how == "epoll" ? bench::floor::run_epoll : bench::floor::run_io_uring)(ports[0], ports[1]);
    std::perror("bench_floor");
    return 1;
}
