#include "support/socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/resolve.hpp"

namespace sluice::test {

namespace {
constexpr int patience_ms = std::chrono::milliseconds(patience).count();

Closed closed(const char* what) { return Closed(std::string(what) + ": " + std::strerror(errno)); }
}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
    close();
    fd_ = std::exchange(other.fd_, -1);
    unread_ = std::move(other.unread_);
    return *this;
}

Socket Socket::connect(const std::string& address) {
    const auto to = server::resolve(server::parse_address(address).address).addresses.at(0).native();
    Socket out(socket(to.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (out.fd_ < 0 || ::connect(out.fd_, to.get(), to.size) != 0) throw closed("connect");
    return out;
}

void Socket::wait(short events) {
    pollfd p{fd_, events, 0};
    if (poll(&p, 1, patience_ms) == 0)
        throw TimedOut(events == POLLIN ? "nothing came to read" : "nothing could be written");
}

bool Socket::wait_for_room(std::chrono::milliseconds time) {
    pollfd p{fd_, POLLOUT, 0};
    return poll(&p, 1, static_cast<int>(time.count())) != 0;
}

std::size_t Socket::send_some(std::string_view bytes) {
    const ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == EAGAIN || errno == EINTR) return 0;
    throw closed("send");
}

void Socket::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t n = send_some(bytes);
        bytes.remove_prefix(n);
        if (n == 0) wait(POLLOUT);
    }
}

void Socket::take_little() {
    const int size = 64 * 1024;
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

void Socket::shutdown_send() { shutdown(fd_, SHUT_WR); }

void Socket::reset() {
    const linger hard{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
}

void Socket::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string Socket::read_some() {
    if (!unread_.empty()) return std::exchange(unread_, {});
    std::string out(64 * 1024, '\0');
    for (;;) {
        const ssize_t n = recv(fd_, out.data(), out.size(), MSG_DONTWAIT);
        if (n >= 0) {
            out.resize(static_cast<std::size_t>(n));
            return out;
        }
        if (errno != EAGAIN && errno != EINTR) throw closed("read");
        wait(POLLIN);
    }
}

std::string Socket::read_until(std::string_view end) {
    std::string out;
    for (;;) {
        const std::string more = read_some();
        if (more.empty()) throw Closed("the connection ended after: " + out);
        const std::size_t from = out.size() < end.size() ? 0 : out.size() - end.size();
        out += more;
        if (const auto at = out.find(end, from); at != std::string::npos) {
            unread(out.substr(at + end.size()));
            return out.substr(0, at + end.size());
        }
    }
}

std::string Socket::read_exactly(std::size_t size) {
    std::string out;
    while (out.size() < size) {
        const std::string more = read_some();
        if (more.empty()) throw Closed("the connection ended after: " + out);
        out += more;
    }
    unread(out.substr(size));
    out.resize(size);
    return out;
}

std::pair<std::string, Ending> Socket::read_to_end() {
    std::string out;
    try {
        for (;;) {
            const std::string more = read_some();
            if (more.empty()) return {out, Ending::closed};
            out += more;
        }
    } catch (const Closed&) {
        return {out, Ending::reset};
    }
}

}  // namespace sluice::test
