#include "server/ocsp_pace.hpp"

#include <algorithm>

namespace sluice::server {

bool OcspPace::end(bool heard, core::Instant begun, core::Instant now) {
    --under_way_;
    if (heard) {
        failures_ = 0;
        heard_ = now;
        trusted_until_ = now + trust;
        rests_until_ = {};
        return false;
    }
    // Others were answered meanwhile: it was this question's fault. Otherwise one client could keep out all the others.
    if (heard_ >= begun) return false;
    // Several that were under way fail together, and count once.
    if (failed_ < begun) {
        rests_until_ = now + std::min(first_rest * (1 << std::min(failures_, 5u)), longest_rest);
        ++failures_;
    }
    failed_ = now;
    trusted_until_ = {};
    return true;
}

}  // namespace sluice::server
