// Waiting for time alone.
#pragma once

#include <coroutine>

#include "net/loop.hpp"

namespace sluice::net {

/// co_await Sleep(loop, how_long): goes on no earlier than then, on the coarse wheel, or when woken.
class Sleep final : public core::Timer {
  public:
    Sleep(Loop& loop, core::Duration how_long) : loop_(loop), how_long_(how_long) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) {
        waiting_ = h;
        loop_.wheel().arm(*this, loop_.now() + how_long_);
    }
    void await_resume() const noexcept {}
    void on_expiry() override { waiting_.resume(); }

    /// Ends it now. It may be gone when the call returns.
    void wake() {
        loop_.wheel().disarm(*this);
        waiting_.resume();
    }

  private:
    Loop& loop_;
    core::Duration how_long_;
    std::coroutine_handle<> waiting_;
};

}  // namespace sluice::net
