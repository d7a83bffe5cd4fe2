#include "net/loop.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace sluice::net {

namespace {
constexpr std::uint64_t wake_key = UINT64_MAX;

std::uint64_t key(Loop::Token t) { return std::uint64_t{t.generation} << 32 | static_cast<std::uint32_t>(t.fd); }
Loop::Token token_of(std::uint64_t k) { return {static_cast<int>(k & 0x7fffffff), static_cast<std::uint32_t>(k >> 32)}; }
}  // namespace

Loop::Loop(const core::Clock& clock) : clock_(clock), now_(clock.now()), wall_(clock.wall()), wheel_(now_) {
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    epoll_event e{EPOLLIN | EPOLLET, {.u64 = wake_key}};
    if (epoll_ < 0 || wake_ < 0 || epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &e) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll");
}

Loop::~Loop() {
    close(wake_);
    close(epoll_);
}

void Loop::run() {
    while (!stopped()) turn(std::chrono::hours(1));
}

void Loop::stop() {
    stopped_.store(true, std::memory_order_release);
    posted_.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    [[maybe_unused]] auto n = write(wake_, &one, sizeof one);
}

void Loop::wake() {
    // One write per burst: whoever finds the flag set knows that a wake-up is on its way.
    if (posted_.exchange(true, std::memory_order_acq_rel)) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] auto n = write(wake_, &one, sizeof one);
}

namespace {

constexpr core::Instant nothing_to_trim{};

/// Once a second while there is something to do; when nothing has come for that long, no free block is kept at all. When it
/// is due next.
core::Instant trim(core::BufferPool& buffers, core::Instant due, core::Instant now, bool is_quiet) {
    const auto next = is_quiet ? nothing_to_trim : now + std::chrono::seconds(1);
    if (due == nothing_to_trim) return next;
    if (now < due) return due;
    buffers.trim();
    if (is_quiet) buffers.trim();
    return next;
}

}  // namespace

int Loop::wait_milliseconds(core::Duration wait) const {
    if (!again_.empty() || !long_.empty()) return 0;
    const auto due = trim_at_ == nothing_to_trim ? wheel_.next_due() : std::min(wheel_.next_due(), trim_at_);
    if (due != core::never) wait = std::min(wait, std::max(due - now_, core::Duration{0}));
    return static_cast<int>(std::min<std::int64_t>((wait.count() + 999) / 1000, 3'600'000));
}

int Loop::turn(core::Duration wait) {
    epoll_event events[256];
    const int n = epoll_wait(epoll_, events, std::size(events), wait_milliseconds(wait));
    now_ = clock_.now();
    wall_ = clock_.wall();
    long_taken_ = false;
    for (int i = 0; i < n; ++i)
        if (events[i].data.u64 != wake_key) dispatch(token_of(events[i].data.u64), events[i].events);

    int handled = std::max(n, 0);
    if (!again_.empty()) {
        again_now_.swap(again_);
        handled += static_cast<int>(again_now_.size());
        for (const Again& a : again_now_) dispatch(a.token, a.events);
        again_now_.clear();
    }
    if (!long_.empty() && !long_taken_) {
        give_long_turn();
        ++handled;
    }
    wheel_.advance(now_);
    if (posted_.load(std::memory_order_acquire)) {
        posted_.store(false, std::memory_order_seq_cst);
        context_.restart();
        context_.poll();
    }
    for (TurnEnd* hook : hooks_) hook->on_turn_end();
    trim_at_ = trim(buffers_, trim_at_, now_, n == 0);
    return handled;
}

bool Loop::may_take_long(int fd) {
    if (long_granted_ == fd) {
        long_granted_ = -1;
        return true;
    }
    if (slots_[fd].waits_long) return false;
    if (long_.empty() && !std::exchange(long_taken_, true)) return true;
    slots_[fd].waits_long = true;
    long_.push_back(token(fd));
    return false;
}

/// Whoever has gone meanwhile, or no longer needs it, leaves it to the next.
void Loop::give_long_turn() {
    while (!long_.empty() && !long_taken_) {
        const Token next = long_.front();
        long_.pop_front();
        if (!alive(next)) continue;
        slots_[next.fd].waits_long = false;
        long_granted_ = next.fd;
        dispatch(next, 0);
        if (std::exchange(long_granted_, -1) < 0) long_taken_ = true;
    }
}

void Loop::dispatch(Token token, std::uint32_t events) {
    if (!alive(token)) return;  // ended by an earlier event of this turn
    budget_ = fairness;
    slots_[token.fd].watched->on_events(events);
}

bool Loop::watch(int fd, Watched& watched, std::uint32_t events) {
    if (fd < 0) return false;
    if (static_cast<std::size_t>(fd) >= slots_.size()) slots_.resize(std::max<std::size_t>(fd + 1, slots_.size() * 3 / 2));
    Slot& slot = slots_[fd];
    ++slot.generation;
    epoll_event e{events, {.u64 = key({fd, slot.generation})}};
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &e) != 0) return false;
    slot.watched = &watched;
    slot.waits_long = false;
    ++watching_;
    return true;
}

bool Loop::rewatch(int fd, std::uint32_t events) {
    epoll_event e{events, {.u64 = key(token(fd))}};
    return epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &e) == 0;
}

void Loop::unwatch(int fd, bool keep) {
    if (keep) epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
    slots_[fd].watched = nullptr;
    ++slots_[fd].generation;
    --watching_;
}

}  // namespace sluice::net
