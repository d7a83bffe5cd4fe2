// A small process that stays root when the rest becomes `user`: at the end it removes what stands in folders of root (the
// pid file in /run, the files of Unix sockets), and meanwhile opens what only root may open: logs to be made anew in a
// folder of root, files of the conf that only root may read.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <string>
#include <vector>

namespace sluice::process {

/// What the helper is for: settled when it starts. Paths are absolute.
struct KeeperDuties {
    std::vector<std::string> remove;  // there already; a regular file only if the number of this process is in it
    std::vector<std::string> logs;    // and what else is to be made beside them
    std::vector<std::string> confs;   // with certificates and keys, and files beside them whose names end in the same way
    uid_t user = 0;                   // whom logs are given to that it has made
};

class Keeper {
  public:
    Keeper() = default;
    ~Keeper() { finish(); }
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

    /// Forks the helper; before any thread is started and before become(). What is to be removed also goes when this
    /// process is killed. What went wrong, or "". Control thread.
    std::string start(KeeperDuties duties);
    bool is_running() const { return socket_ >= 0; }

    /// The log of that path, for appending, made if it is not there (`secret`: for its owner alone); a regular file that has no other name. A descriptor, or
    /// -1 with errno: EACCES for what is not among the duties. Any thread; waits for the helper.
    int open_log(const std::string& path, bool secret = false);
    /// The same for a file of the conf, for reading.
    int open_conf(const std::string& path);

    /// Has the files removed, and returns when they are. Control thread.
    void finish();

  private:
    int ask(char what, const std::string& path);

    std::mutex mutex_;
    int socket_ = -1;
    pid_t helper_ = -1;
};

/// Whether `path` is one of `known`, or lies in the folder of one. `by_ending`: and its name ends in the same way as that
/// one's, from the last dot on. Nothing with ".." in it. Pure.
bool is_beside(const std::string& path, const std::vector<std::string>& known, bool by_ending);

}  // namespace sluice::process
