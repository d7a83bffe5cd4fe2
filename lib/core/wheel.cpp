#include "core/wheel.hpp"

#include <algorithm>
#include <bit>

namespace sluice::core {

using detail::TimerLink;

namespace {
void insert_before(TimerLink& at, TimerLink& link) {
    link.prev = at.prev;
    link.next = &at;
    at.prev->next = &link;
    at.prev = &link;
}
}  // namespace

void Timer::unlink() {
    if (!next) return;
    prev->next = next;
    next->prev = prev;
    prev = next = nullptr;
}

Wheel::Wheel(Instant now) : current_(now.us >> tick_shift) {
    for (auto& head : heads_) head.prev = head.next = &head;
}

void Wheel::link(Timer& timer) {
    timer.unlink();
    if (timer.expiry_ == never) return;
    // Beyond the horizon a timer waits in the farthest slot and is moved on from there.
    timer.tick_ = std::clamp(tick_after(timer.expiry_), current_ + 1, current_ + slots - 1);
    const auto slot = timer.tick_ & (slots - 1);
    insert_before(heads_[slot], timer);
    used_[slot / 64] |= std::uint64_t{1} << (slot % 64);
}

void Wheel::advance(Instant now) {
    const std::int64_t target = now.us >> tick_shift;
    if (target - current_ > slots) current_ = target - slots;  // every slot once is enough
    while (current_ < target) {
        ++current_;
        run_slot(current_, now);
    }
}

void Wheel::run_slot(std::int64_t tick, Instant now) {
    const auto slot = tick & (slots - 1);
    if (!(used_[slot / 64] >> (slot % 64) & 1)) return;
    used_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));

    // What fires may link timers into this very slot (a whole turn ahead) and unlink any other: work on a list apart.
    TimerLink due;
    TimerLink& head = heads_[slot];
    if (head.next == &head) return;
    due.next = head.next;
    due.prev = head.prev;
    due.next->prev = due.prev->next = &due;
    head.prev = head.next = &head;

    while (due.next != &due) {
        auto& timer = static_cast<Timer&>(*due.next);
        timer.unlink();
        if (timer.expiry_ > now) {
            link(timer);
            continue;
        }
        timer.expiry_ = never;
        timer.on_expiry();
    }
}

Instant Wheel::next_due() const {
    for (std::int64_t ahead = 1; ahead < slots;) {
        const auto slot = (current_ + ahead) & (slots - 1);
        const auto word = used_[slot / 64] >> (slot % 64);
        if (word == 0) {
            ahead += 64 - slot % 64;
            continue;
        }
        const auto found = ahead + std::countr_zero(word);
        if (found >= slots) return never;
        const auto& head = heads_[(current_ + found) & (slots - 1)];
        if (head.next != &head) return {(current_ + found) << tick_shift};
        const auto empty = (current_ + found) & (slots - 1);
        used_[empty / 64] &= ~(std::uint64_t{1} << (empty % 64));
    }
    return never;
}

}  // namespace sluice::core
