// A coarse timer wheel: deadlines of seconds for very many connections, nearly all of which never fire.
//
// Moving a deadline later, which every operation on a connection does, is one store: the timer stays in its slot and is
// moved on when that slot comes up (Varghese, Lauck 1987, scheme 6, with lazy re-insertion).
#pragma once

#include <array>
#include <cstdint>

#include "core/time.hpp"

namespace sluice::core {

namespace detail {
struct TimerLink {
    TimerLink* prev = nullptr;
    TimerLink* next = nullptr;
};
}  // namespace detail

/// Fires at most one tick (66 ms) late, never early. Belongs to one wheel at a time; its destructor takes it out.
class Timer : detail::TimerLink {
  public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    /// Called by Wheel::advance; the timer is out of the wheel then and may be armed again or destroyed.
    virtual void on_expiry() = 0;

    Instant expiry() const { return expiry_; }

  protected:
    virtual ~Timer() { unlink(); }

  private:
    friend class Wheel;
    void unlink();
    Instant expiry_ = never;
    std::int64_t tick_ = 0;  // of the slot it is linked in
};

/// One per worker; that worker's thread only. Holds no timer alive.
class Wheel {
  public:
    explicit Wheel(Instant now);
    Wheel(const Wheel&) = delete;
    Wheel& operator=(const Wheel&) = delete;

    /// Sets or moves the deadline.
    void arm(Timer& timer, Instant expiry) {
        timer.expiry_ = expiry;
        if (!timer.next || tick_after(expiry) < timer.tick_) link(timer);
    }

    /// The timer will not fire. One store.
    static void disarm(Timer& timer) { timer.expiry_ = never; }

    /// Fires what is due. Timers may be armed, disarmed and destroyed by what fires.
    void advance(Instant now);

    /// No timer fires before this; `never` when there is none.
    Instant next_due() const;

  private:
    static constexpr int slot_bits = 10;
    static constexpr std::int64_t slots = 1 << slot_bits;
    static constexpr int tick_shift = 16;  // 65.5 ms
    static std::int64_t tick_after(Instant at) { return (at.us >> tick_shift) + 1; }

    void link(Timer& timer);
    void run_slot(std::int64_t tick, Instant now);

    std::int64_t current_;  // every slot up to this tick has been run
    std::array<detail::TimerLink, slots> heads_;
    mutable std::array<std::uint64_t, slots / 64> used_{};  // a set bit: the slot may hold timers
};

}  // namespace sluice::core
