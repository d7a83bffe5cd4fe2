// Logs, written by a thread of their own: a slow or full disk, or a pipe that nobody reads, never stops a worker.
//
// Each worker has a ring of bytes per log and is its only producer; the writer thread is the only consumer. Nothing is
// locked on the request path, and a busy worker costs one wake-up of the thread per nap, not per line. Logs and
// channels come and go while the thread runs, with the configurations that name them.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "observe/log_channel.hpp"
#include "observe/log_file.hpp"

namespace sluice::observe {

/// Owns the channels and the thread, and knows the logs. Every channel must have been given back before it goes.
class LogWriter {
  public:
    LogWriter();
    ~LogWriter();
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    /// The log of that name (LogFile::open); the same one while somebody holds it or lines for it are on their way, and
    /// closed after that. nullptr: `error` and errno say why. Control thread.
    std::shared_ptr<LogFile> open(const std::string& target, std::string& error, const LogOptions& options = {});

    /// A channel for one thread's lines. When it is given back, its lines are still written. Any thread.
    OwnedChannel make_channel(std::shared_ptr<LogFile> file);

    /// LogFile::give_to() for every log that is open. Before the thread starts.
    std::string give_to(uid_t user);

    /// Sends what the process writes to standard error into this log, from now on and also when it is opened anew; a
    /// nullptr or a syslog server leaves it where it is. Control thread.
    void take_stderr(std::shared_ptr<LogFile> file, bool json = false);

    void start();

    /// Writes what was published and ends; without start() in the calling thread. False: a log does not take it. After
    /// `patience` the thread was then left behind in its system call; the process must end without destroying this
    /// object.
    bool stop(core::Duration patience);

    /// Opens every file anew by its path (log rotation). Any thread.
    void reopen() {
        reopen_.store(true, std::memory_order_release);
        wake();
    }

  private:
    friend class LogChannel;
    enum class State : int { busy, asleep };

    void run();
    bool turn(bool last);
    void wait(bool busy, bool last);
    void take_news();
    bool drain();
    bool drain(LogChannel& channel);
    bool give(LogChannel& channel, std::uint64_t head);
    bool give_bytes(LogChannel& channel, LogFile& file, std::uint64_t head);
    bool give_line(LogChannel& channel, LogFile& file);
    bool give_to_path(LogChannel& channel, LogFile& file);
    bool gather(LogChannel& channel, LogFile& file, std::string_view bytes);
    bool flush(LogChannel& channel, bool all);
    void flush_due(bool all);
    void give_up_syslog();
    void block(LogFile& file);
    void lose(LogChannel& channel, std::uint64_t lines, int error);
    void count_dropped(LogChannel& channel);
    void tell_dropped(LogFile& file, bool now);
    void reopen_files();
    void follow_stderr();
    bool pending(bool also_blocked) const;
    int until_flush() const;
    void complain(std::string_view level, std::string_view text);
    void wake();
    void wake_if_asleep() {
        if (state_.load(std::memory_order_seq_cst) == State::asleep) wake();
    }

    core::SystemClock clock_;
    int event_ = -1;
    std::atomic<State> state_{State::busy};
    std::atomic<bool> stopping_{false}, reopen_{false}, finished_{false}, stderr_is_log_{false}, stderr_is_json_{false};

    std::mutex mutex_;  // what follows, up to the thread's own; never held while anything is written or opened
    std::multimap<std::string, std::pair<LogOptions, std::weak_ptr<LogFile>>> files_;  // by target
    std::vector<std::unique_ptr<LogChannel>> new_channels_;
    std::shared_ptr<LogFile> new_stderr_;
    bool stderr_is_new_ = false;
    std::atomic<bool> news_{false};

    // The thread's own.
    std::vector<std::unique_ptr<LogChannel>> channels_;
    std::vector<LogFile*> blocked_;  // their channels hold them
    std::shared_ptr<LogFile> stderr_;
    std::string line_;  // reused
    bool woken_ = false;

    std::thread thread_;
};

}  // namespace sluice::observe
