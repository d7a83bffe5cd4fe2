// sluice itself as a child process, so that its CPU time is its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <span>
#include <string>

namespace sluice::bench {

/// Ended with this; it does not outlive us either if we are killed.
class StagedProxy {
  public:
    StagedProxy() = default;
    ~StagedProxy() { stop(); }
    StagedProxy(const StagedProxy&) = delete;
    StagedProxy& operator=(const StagedProxy&) = delete;

    /// Starts this very program with the conf, and waits until it accepts connections on all `ports` of 127.0.0.1. What
    /// it said if it did not, or "". `said`: a file for what it says.
    std::string start(const std::string& conf, const std::string& prefix, const std::string& said,
                      std::span<const std::uint16_t> ports);
    void stop();

    /// Seconds of CPU, of all its threads, so far; 0 if it is gone.
    double cpu() const;
    bool runs();

  private:
    pid_t pid_ = -1;
    clockid_t clock_ = 0;
};

}  // namespace sluice::bench
