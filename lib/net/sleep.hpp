// Waiting for time alone.
#pragma once

#include <coroutine>

#include "net/loop.hpp"

namespace sluice::net {

/// co_await sleep(loop, for): goes on no earlier than then, on the coarse wheel.
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

  private:
    Loop& loop_;
    core::Duration how_long_;
    std::coroutine_handle<> waiting_;
};

inline Sleep sleep(Loop& loop, core::Duration how_long) { return Sleep(loop, how_long); }

}  // namespace sluice::net
