// The only source of time. Tests set it by hand.
#pragma once

#include "core/time.hpp"

namespace sluice::core {

class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
    virtual WallTime wall() const = 0;
};

/// The kernel's clocks (CLOCK_MONOTONIC, CLOCK_REALTIME). Stateless: any thread.
class SystemClock final : public Clock {
  public:
    Instant now() const override;
    WallTime wall() const override;
};

class ManualClock final : public Clock {
  public:
    Instant now() const override { return now_; }
    WallTime wall() const override { return {1'795'000'000'000'000 + now_.us}; }
    void advance(Duration by) { now_ = now_ + by; }

  private:
    Instant now_{1'000'000};
};

}  // namespace sluice::core
