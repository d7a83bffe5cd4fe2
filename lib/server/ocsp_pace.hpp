// How much one OCSP responder is asked.
#pragma once

#include "core/time.hpp"

namespace sluice::server {

/// One question at a time until the responder has answered, then several; none for a while after it has failed. Told what
/// happens; asks nobody. One thread.
class OcspPace {
  public:
    static constexpr unsigned most_at_once = 8;
    static constexpr core::Duration first_rest = std::chrono::seconds(1);  // twice as long with each failure more
    static constexpr core::Duration longest_rest = std::chrono::seconds(32);
    static constexpr core::Duration trust = std::chrono::minutes(1);  // that one which has answered will, and that one which has failed will not

    bool rests(core::Instant now) const { return now < rests_until_; }
    bool has_room(core::Instant now) const { return under_way_ < (now < trusted_until_ ? most_at_once : 1u); }
    bool is_busy() const { return under_way_ > 0; }
    /// It has said nothing since: one question finds out whether it will, for which nobody else should wait.
    bool is_doubted() const { return failures_ > 0; }
    /// Nothing is known of it that matters any more.
    bool is_forgotten(core::Instant now) const {
        return !is_busy() && !rests(now) && now >= trusted_until_ && (!is_doubted() || now >= failed_ + trust);
    }

    void begin() { ++under_way_; }
    /// A question that began at `begun` has come to its end; `heard`: the responder said something, whatever it was.
    /// True: it has failed, and all who wait for it need wait no longer.
    bool end(bool heard, core::Instant begun, core::Instant now);

  private:
    unsigned under_way_ = 0;
    unsigned failures_ = 0;                   // since it has answered
    core::Instant heard_{-1}, failed_{-1};    // the last time
    core::Instant trusted_until_{}, rests_until_{};
};

}  // namespace sluice::server
