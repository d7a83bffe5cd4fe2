// proxy_limit_rate: how much of an answer may be read by now, as nginx reckons it.
#pragma once

#include <algorithm>

#include "core/time.hpp"

namespace sluice::proxy {

/// Grants the bytes of one second at once, and those of each further second when it begins.
class Pace {
  public:
    /// `rate`: bytes in a second; 0: any.
    Pace(std::uint64_t rate, core::Instant start) : rate_(rate), start_(start) {}

    bool is_limited() const { return rate_ != 0; }

    /// How many bytes may be read now, after `read` so far; SIZE_MAX where there is no limit.
    std::size_t room(core::Instant now, std::uint64_t read) const {
        if (!rate_) return SIZE_MAX;
        const auto seconds = static_cast<std::uint64_t>((now - start_) / core::Duration(std::chrono::seconds(1))) + 1;
        if (seconds > SIZE_MAX / rate_) return SIZE_MAX;
        return seconds * rate_ > read ? seconds * rate_ - read : 0;
    }

    /// How long until there is room.
    core::Duration wait(core::Instant now, std::uint64_t read) const {
        const auto begins = start_ + std::chrono::seconds(read / rate_);
        return std::max(begins - now, core::Duration(1));
    }

  private:
    std::uint64_t rate_;
    core::Instant start_;
};

}  // namespace sluice::proxy
