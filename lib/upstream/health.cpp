#include "upstream/health.hpp"

#include <algorithm>

namespace sluice::upstream {

namespace {

using std::memory_order_acq_rel;
using std::memory_order_acquire;
using std::memory_order_relaxed;

bool has_passed(core::Duration time, std::int64_t since, core::Instant now) { return now.us - since >= time.count(); }

}  // namespace

Standing Health::standing(const HealthRule& rule, core::Instant now) const {
    if (rule.max_fails == 0 || !down_.load(memory_order_acquire)) return Standing::up;
    if (!has_passed(rule.fail_timeout, since_.load(memory_order_relaxed), now)) return Standing::down;
    return trial_until_.load(memory_order_relaxed) > now.us ? Standing::down : Standing::trial;
}

bool Health::claim_trial(const HealthRule& rule, core::Instant now, bool even_if_down) {
    if (!down_.load(memory_order_acquire)) return false;
    if (!even_if_down && !has_passed(rule.fail_timeout, since_.load(memory_order_relaxed), now)) return false;
    std::int64_t until = trial_until_.load(memory_order_relaxed);
    if (until > now.us) return false;
    // At least a microsecond, so that with fail_timeout 0 too only one of two simultaneous callers gets it.
    const std::int64_t end = now.us + std::max<std::int64_t>(1, rule.fail_timeout.count());
    return trial_until_.compare_exchange_strong(until, end, memory_order_relaxed);
}

bool Health::on_failure(const HealthRule& rule, core::Instant now) {
    if (rule.max_fails == 0) return false;
    if (down_.load(memory_order_acquire)) {
        // Without a trial it is an exchange from before the peer went down: it says nothing new.
        if (trial_until_.exchange(0, memory_order_relaxed) != 0) since_.store(now.us, memory_order_relaxed);
        return false;
    }
    if (count_failure(rule, now) < rule.max_fails) return false;
    since_.store(now.us, memory_order_relaxed);
    trial_until_.store(0, memory_order_relaxed);
    return !down_.exchange(true, memory_order_acq_rel);
}

std::uint32_t Health::count_failure(const HealthRule& rule, core::Instant now) {
    const std::uint32_t before = fails_.load(memory_order_relaxed);
    std::int64_t start = since_.load(memory_order_relaxed);
    const bool opens_window = before == 0 || now.us - start > rule.fail_timeout.count();
    // One thread opens the window and takes the old failures off; whoever lost that race only adds its own.
    const bool opened = opens_window && since_.compare_exchange_strong(start, now.us, memory_order_relaxed);
    const std::uint32_t change = opened ? 1 - before : 1;
    return fails_.fetch_add(change, memory_order_relaxed) + change;
}

bool Health::on_success() {
    if (!down_.load(memory_order_acquire)) return false;
    // Without a trial it is an exchange from before the peer went down.
    if (trial_until_.exchange(0, memory_order_relaxed) == 0) return false;
    fails_.store(0, memory_order_relaxed);
    return down_.exchange(false, memory_order_acq_rel);
}

void Health::release_trial() { trial_until_.store(0, memory_order_relaxed); }

}  // namespace sluice::upstream
