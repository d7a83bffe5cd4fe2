// Passive health of one peer: nginx's max_fails and fail_timeout as a pure state machine.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/time.hpp"

namespace sluice::upstream {

struct HealthRule {
    std::uint32_t max_fails = 1;  // 0: never marked down
    core::Duration fail_timeout = std::chrono::seconds(10);

    bool operator==(const HealthRule&) const = default;
};

/// What becomes of a peer in the eyes of the balancer.
enum class Standing : std::uint8_t {
    up,     // may be picked
    trial,  // was down for fail_timeout: one exchange may try it
    down,
};

/// Shared by all workers, one per peer; every member function may be called from any thread. Relaxed atomics: a
/// worker may see a change a moment late, never a torn one.
/// Rules: `max_fails` failures within `fail_timeout` of one another's first take the peer down for `fail_timeout`; then
/// one trial exchange at a time may use it: its success brings the peer up with no failures, its failure starts another
/// `fail_timeout`. A trial that never reports (its client left) is forgotten after `fail_timeout`.
class Health {
  public:
    /// Tells, changes nothing.
    Standing standing(const HealthRule& rule, core::Instant now) const;

    /// Claims the trial; true for exactly one caller among all workers. `even_if_down`: also before fail_timeout has
    /// passed, for when no peer of the group is up.
    bool claim_trial(const HealthRule& rule, core::Instant now, bool even_if_down);

    /// True when this failure took the peer down (for the log and for `version`).
    bool on_failure(const HealthRule& rule, core::Instant now);

    /// True when this success brought the peer up.
    bool on_success();

    /// The trial ended without telling anything of the peer (the client left): another may try.
    void release_trial();

  private:
    /// The failures of the window, this one included.
    std::uint32_t count_failure(const HealthRule& rule, core::Instant now);

    std::atomic<std::uint32_t> fails_{0};
    std::atomic<bool> down_{false};
    std::atomic<std::int64_t> since_{0};        // first failure of the window, or when it went down; microseconds
    std::atomic<std::int64_t> trial_until_{0};  // a trial is under way until then; 0: none
};

}  // namespace sluice::upstream
