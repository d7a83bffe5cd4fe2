#include "server/listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "server/worker.hpp"

namespace sluice::server {

namespace {
constexpr int largest_batch = 64;      // so that those already served do not wait
constexpr int events_to_double = 8;
constexpr core::Duration pause_time = std::chrono::milliseconds(250);
}  // namespace

Listener::Listener(Worker& worker, int fd, const ListenAddress& where, bool shared)
    : worker_(worker), fd_(fd), where_(where), shared_(shared) {
    worker_.loop().watch(fd_, *this, shared_ ? std::uint32_t{EPOLLIN} | EPOLLEXCLUSIVE : std::uint32_t{EPOLLIN});
}

Listener::~Listener() {
    if (fd_ < 0) return;
    if (is_watched()) worker_.loop().unwatch(fd_);
    ::close(fd_);
}

void Listener::close() {
    if (fd_ < 0) return;
    for (int i = 0; i < 4096 && accept_one(); ++i) {
    }
    if (is_watched()) worker_.loop().unwatch(fd_, shared_);
    ::close(std::exchange(fd_, -1));
}

void Listener::tune(const net::ListenOptions& options) {
    if (fd_ >= 0) net::tune(fd_, where_.address, options_, options);
    options_ = options;
}

void Listener::on_events(std::uint32_t) {
    if (paused_) return;
    for (int i = 0; i < batch_ && !paused_; ++i) {
        if (accept_one()) continue;
        batch_ = std::max(1, batch_ / 2);
        full_batches_ = 0;
        return;
    }
    if (++full_batches_ < events_to_double) return;
    batch_ = std::min(largest_batch, batch_ * 2);
    full_batches_ = 0;
}

bool Listener::accept_one() {
    if (careful_ && !has_room()) {
        pause(EMFILE);
        return false;
    }
    sockaddr_storage from;
    socklen_t size = sizeof from;
    const int fd = accept4(fd_, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) pause(errno);
        // The others are of one connection (ECONNABORTED and the network errors of accept(2)), or EAGAIN: none is left.
        return errno != EAGAIN && !paused_;
    }
    const auto client = net::Address::from(reinterpret_cast<sockaddr*>(&from), size);
    worker_.take(fd, options_.plain_ipv4 ? client.unmapped() : client, where_);
    if (fd >= worker_.descriptor_limit()) pause(EMFILE);
    return true;
}

/// New clients wait in the kernel's queue while those that are here are served.
void Listener::pause(int error) {
    if (paused_) return;
    paused_ = careful_ = true;
    if (shared_)
        worker_.loop().unwatch(fd_, true);  // an EPOLLEXCLUSIVE registration cannot be changed
    else
        worker_.loop().rewatch(fd_, 0);
    worker_.loop().wheel().arm(*this, worker_.loop().now() + pause_time);
    worker_.tell_paused(error);
}

/// What is kept free for the peers of those who are here must not go to newcomers, not even one at a time.
bool Listener::has_room() const {
    const int lowest = fcntl(fd_, F_DUPFD_CLOEXEC, 0);
    if (lowest >= 0) ::close(lowest);
    return lowest >= 0 && lowest < worker_.descriptor_limit();
}

bool Listener::resume() {
    if (!paused_ || fd_ < 0) return true;
    if (!has_room()) {
        worker_.loop().wheel().arm(*this, worker_.loop().now() + pause_time);
        worker_.close_idle_peers();
        return false;
    }
    paused_ = false;
    if (shared_)
        worker_.loop().watch(fd_, *this, std::uint32_t{EPOLLIN} | EPOLLEXCLUSIVE);
    else
        worker_.loop().rewatch(fd_, EPOLLIN);
    return true;
}

}  // namespace sluice::server
