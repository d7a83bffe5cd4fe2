// sluice itself as a child process, so that its CPU time is its own.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <ctime>
#include <string>

namespace sluice::bench {

/// Ended with this; it does not outlive us either if we are killed.
class StagedProxy {
  public:
    StagedProxy() = default;
    ~StagedProxy() { stop(); }
    StagedProxy(const StagedProxy&) = delete;
    StagedProxy& operator=(const StagedProxy&) = delete;

    /// Starts this very program with the conf, and waits until it says that it serves, as it would say to systemd. What
    /// it said if it did not, or "". `folder`: for what it says, with its slash.
    std::string start(const std::string& conf, const std::string& prefix, const std::string& folder);
    void stop();

    /// Seconds of CPU, of all its threads, so far; 0 if it is gone.
    double cpu() const;
    bool runs();

  private:
    /// Until it is gone, or that time has passed.
    bool wait_for_end(std::chrono::milliseconds patience);

    pid_t pid_ = -1;
    int handle_ = -1;  // readable when it is gone
    clockid_t clock_ = 0;
};

}  // namespace sluice::bench
