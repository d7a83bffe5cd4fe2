// A small process that stays root when the rest becomes `user`, to remove at the end what stands in folders of root:
// the pid file in /run, the files of Unix sockets.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace sluice::process {

/// Control thread. The helper takes no orders: what it removes is settled when it starts, and only what is still ours
/// then.
class Keeper {
  public:
    Keeper() = default;
    ~Keeper() { finish(); }
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    /// Forks the helper; before any thread is started and before become(). `paths` are
    /// absolute and there already; a regular file is
    /// removed only if the number of this process is in it. They also go when this process is killed. What went wrong,
    /// or "".
    std::string start(const std::vector<std::string>& paths);

    /// Has the files removed, and returns when they are.
    void finish();

  private:
    int pipe_ = -1;
    pid_t helper_ = -1;
};

}  // namespace sluice::process
