// What the lines of a log go to: a file or pipe, standard output or error, or a syslog server.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "observe/log_packer.hpp"
#include "observe/log_paths.hpp"
#include "observe/syslog.hpp"

namespace sluice::observe {

/// For appending, made if it is not there (`secret`: for its owner alone, also if it is there); never waits for the reader of a FIFO. A
/// descriptor, or -1 with errno.
int open_log(const std::string& path, bool secret = false);

/// Made on the control thread; written by the log writer's thread only. Closed with its last holder.
class LogFile {
  public:
    /// `target`: a path, appended to; "-" is standard output, "stderr" standard error; "syslog:..." as in
    /// parse_syslog(). nullptr: `error` says why in words, errno in a number (EINVAL for a syslog target that cannot be
    /// read).
    static std::shared_ptr<LogFile> open(const std::string& target, std::string& error, const LogOptions& options = {});

    ~LogFile();
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;

    const std::string& target() const { return target_; }
    bool is_syslog() const { return syslog_ != nullptr; }
    /// Its lines bring their paths with them.
    bool is_by_line() const { return paths_ != nullptr; }
    /// Of a syslog server's lines that have none of their own.
    Severity severity() const { return syslog_->severity(); }

    /// Has a regular file that was named by its own path belong to `user`, who is to open it anew later. Leaves alone
    /// what is not one: devices, pipes, links (whoever may put one there could have any file given to them). What went
    /// wrong, or "".
    std::string give_to(uid_t user);

  private:
    friend class LogWriter;
    enum class Took : std::uint8_t { it, not_yet, nothing };

    LogFile(std::string target, int fd) : target_(std::move(target)), fd_(fd) {}
    /// What was gathered, as far as it is taken now. nothing: errno says why; `lost` lines are given up.
    Took flush(core::Instant now, std::uint64_t& lost);
    /// Opened by its path, and so to be closed and opened anew.
    bool has_path() const { return has_path_; }
    int descriptor() const { return syslog_ ? syslog_->descriptor() : fd_; }

    /// As much of `bytes` as it takes now; `written` says how much. nothing: errno says why.
    Took write(std::string_view bytes, std::size_t& written);
    bool gathers() const { return packer_ != nullptr; }
    /// The path opened anew, what it may be called meanwhile. "": well, or nothing to do.
    std::string reopen();

    std::string target_;
    int fd_;
    bool has_path_ = false;
    bool secret_ = false;
    std::unique_ptr<Syslog> syslog_;
    std::unique_ptr<LogPacker> packer_;
    std::unique_ptr<LogPaths> paths_;
    // The writer's.
    bool blocked_ = false;  // a write would have waited; until poll() says otherwise
    int complained_ = 0;    // the errno last told
    std::uint64_t dropped_ = 0, dropped_told_ = 0;
    std::time_t told_at_ = 0;
};

}  // namespace sluice::observe
