#include "support/end.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sluice::test {

bool End::move(std::size_t piece) {
    if (!is_alive()) return false;
    const bool out = flush(piece);
    const bool in = listens_ && fill(piece);
    return out || in;
}

bool End::flush(std::size_t piece) {
    if (outbox_.empty()) return false;
    const auto n = ::send(fd_, outbox_.data(), std::min(piece, outbox_.size()), MSG_NOSIGNAL);
    if (n < 0 && errno == EAGAIN) return false;
    if (n < 0) {
        outbox_.clear();  // nobody will take it
        return true;
    }
    sent_.append(outbox_, 0, static_cast<std::size_t>(n));
    outbox_.erase(0, static_cast<std::size_t>(n));
    return true;
}

bool End::fill(std::size_t piece) {
    if (ended_) return false;
    char room[16 * 1024];
    const auto n = ::recv(fd_, room, std::min({piece, sizeof room, skip_ ? skip_ : SIZE_MAX}), 0);
    if (n < 0 && errno == EAGAIN) return false;
    if (n <= 0) {
        ended_ = true;
    } else if (skip_ > 0) {
        skip_ -= static_cast<std::size_t>(n);
    } else {
        received_.append(room, static_cast<std::size_t>(n));
    }
    return true;
}

void End::take_all() {
    while (is_open() && fill(SIZE_MAX)) {
    }
}

/// Reads the queue without emptying it.
void End::peek() {
    delivered_ = received_;
    if (!is_open()) return;
    int waiting = 0;
    ioctl(fd_, FIONREAD, &waiting);
    std::string queue(static_cast<std::size_t>(waiting), '\0');
    const auto n = ::recv(fd_, queue.data(), queue.size(), MSG_PEEK);
    if (n > static_cast<ssize_t>(skip_)) delivered_.append(queue, skip_, static_cast<std::size_t>(n) - skip_);
}

const std::string& End::delivered() {
    if (is_open()) peek();
    return delivered_;
}

void End::close() {
    if (!is_open()) return;
    peek();
    ::close(std::exchange(fd_, -1));
}

void End::half_close() {
    if (!is_open() || std::exchange(half_closed_, true)) return;
    ::shutdown(fd_, SHUT_WR);
}

}  // namespace sluice::test
