// The origin behind every proxy of benchmarks/run: answers GET .../BYTES with that many bytes, from memory, on one thread,
// so cheaply that the proxy is what is measured.
//
//   bench_origin PORT COUNT     listens on 127.0.0.1:PORT and, with a COUNT over 1, on 127.1.0.1:PORT and so on
//
// It knows as much HTTP/1.1 as the proxies send: requests without bodies, kept connections, pipelining.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t request_room = 16 * 1024;
constexpr std::size_t piece = 64 * 1024;  // bytes of a body in one call
constexpr std::uint64_t largest_body = std::uint64_t{1} << 30;

struct Connection {
    std::array<char, request_room> in;
    std::size_t have = 0;
    std::string head;         // what is left of the head under way
    std::uint64_t body = 0;   // what is left of its body, bytes
    bool last = false;        // close after it
    bool waits_to_send = false;
};

class Origin {
  public:
    Origin() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

    bool listen(std::uint32_t address, std::uint16_t port);
    [[noreturn]] void run();

  private:
    void watch(int descriptor, int operation, std::uint32_t events) const {
        epoll_event event{.events = events, .data = {.fd = descriptor}};
        ::epoll_ctl(epoll_, operation, descriptor, &event);
    }
    void accept_all(int listener);
    bool serve(int descriptor, Connection& c);
    bool answer_next(Connection& c);
    bool send_rest(int descriptor, Connection& c);

    int epoll_;
    std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor; none: a listener or nothing
    std::vector<char> body_ = std::vector<char>(piece, 'x');
};

bool Origin::listen(std::uint32_t address, std::uint16_t port) {
    const int s = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    name.sin_addr.s_addr = htonl(address);
    if (::bind(s, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 || ::listen(s, 4096) != 0) {
        std::perror("bench_origin: cannot listen");
        return false;
    }
    watch(s, EPOLL_CTL_ADD, EPOLLIN);
    return true;
}

void Origin::accept_all(int listener) {
    for (int s; (s = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        const int on = 1;
        ::setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const auto index = static_cast<std::size_t>(s);
        if (connections_.size() <= index) connections_.resize(index + 1024);
        connections_[index] = std::make_unique<Connection>();
        watch(s, EPOLL_CTL_ADD, EPOLLIN);
    }
}

/// Whether a whole request was there; its answer is then ready to be sent.
bool Origin::answer_next(Connection& c) {
    const std::string_view in(c.in.data(), c.have);
    const std::size_t end = in.find("\r\n\r\n");
    if (end == in.npos) return false;
    const std::string_view head = in.substr(0, end);
    const std::string_view target = head.substr(0, std::min(head.find(" HTTP/"), head.size()));
    const std::size_t slash = target.rfind('/');
    std::uint64_t size = 0;
    if (slash != target.npos) std::from_chars(target.data() + slash + 1, target.data() + target.size(), size);
    size = std::min(size, largest_body);
    const auto line_ends = head.find("\r\n");
    c.last = head.substr(0, line_ends).ends_with("HTTP/1.0") || head.find("\r\nConnection: close") != head.npos ||
             head.find("\r\nconnection: close") != head.npos;
    c.head =
        "HTTP/1.1 200 OK\r\nServer: origin\r\nDate: Tue, 11 Jun 2024 09:14:02 GMT\r\nContent-Type: text/plain\r\n"
        "ETag: \"66681f1a-400\"\r\nCache-Control: max-age=3600\r\nContent-Length: " +
        std::to_string(size) + (c.last ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
    // A small body leaves with its head, in one plain send.
    const std::size_t with_head = std::min<std::uint64_t>(size, 4096);
    c.head.append(body_.data(), with_head);
    c.body = size - with_head;
    c.have -= end + 4;
    std::memmove(c.in.data(), c.in.data() + end + 4, c.have);
    return true;
}

/// True once all has been sent; false while the socket is full, which is then watched, or if it failed.
bool Origin::send_rest(int descriptor, Connection& c) {
    while (!c.head.empty() || c.body > 0) {
        const bool head = !c.head.empty();
        const char* from = head ? c.head.data() : body_.data();
        const std::size_t length = head ? c.head.size() : std::min<std::uint64_t>(c.body, piece);
        const ssize_t sent = ::send(descriptor, from, length, MSG_NOSIGNAL | (head && c.body > 0 ? MSG_MORE : 0));
        if (sent < 0) {
            if (errno != EAGAIN) return c.last = true, c.head.clear(), c.body = 0, true;
            if (!c.waits_to_send) watch(descriptor, EPOLL_CTL_MOD, EPOLLOUT);
            c.waits_to_send = true;
            return false;
        }
        if (head)
            c.head.erase(0, static_cast<std::size_t>(sent));
        else
            c.body -= static_cast<std::uint64_t>(sent);
    }
    if (c.waits_to_send) watch(descriptor, EPOLL_CTL_MOD, EPOLLIN);
    c.waits_to_send = false;
    return true;
}

/// False when the connection is to be closed.
bool Origin::serve(int descriptor, Connection& c) {
    for (;;) {
        if (!send_rest(descriptor, c)) return true;
        if (c.last) return false;
        if (answer_next(c)) continue;
        if (c.have == c.in.size()) return false;
        const ssize_t got = ::recv(descriptor, c.in.data() + c.have, c.in.size() - c.have, 0);
        if (got < 0 && errno == EAGAIN) return true;
        if (got <= 0) return false;
        c.have += static_cast<std::size_t>(got);
    }
}

void Origin::run() {
    std::array<epoll_event, 256> events;
    for (;;) {
        const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < count; ++i) {
            const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
            const auto index = static_cast<std::size_t>(descriptor);
            if (index >= connections_.size() || !connections_[index]) {
                accept_all(descriptor);
            } else if (!serve(descriptor, *connections_[index])) {
                connections_[index].reset();
                ::close(descriptor);
            }
        }
    }
}

void allow_many_descriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
    int port = 0, count = 0;
    const auto number = [](std::string_view text, int& out) { std::from_chars(text.data(), text.data() + text.size(), out); };
    if (argc == 3) number(argv[1], port), number(argv[2], count);
    if (port < 1 || port > 65535 || count < 1 || count > 60000) {
        std::fputs("usage: bench_origin PORT COUNT\n", stderr);
        return 2;
    }
    allow_many_descriptors();
    Origin origin;
    const auto listens_on = [&](std::uint32_t address) { return origin.listen(address, static_cast<std::uint16_t>(port)); };
    if (!listens_on(INADDR_LOOPBACK)) return 1;
    for (int i = 0; count > 1 && i < count; ++i)
        if (!listens_on(0x7f010000U + static_cast<std::uint32_t>(i / 250 * 256 + i % 250 + 1))) return 1;
    origin.run();
}
