// Log files, written by a thread of their own: a slow or full disk, or a pipe that nobody reads, never stops a worker.
//
// Each worker has a ring of bytes per file and is its only producer; the writer thread is the only consumer. Nothing is
// locked on the request path, and a busy worker costs one wake-up of the thread per nap, not per line.
#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/loop.hpp"

namespace sluice::observe {

class LogWriter;

/// The lines of one producer thread for one file.
class LogChannel {
  public:
    static constexpr std::size_t room = 1 << 20;

    LogChannel(LogWriter& writer, std::size_t file) : writer_(writer), file_(file) {}

    /// One whole line with its newline. Dropped, and counted, when the ring is full.
    void append(std::string_view line);

    /// Hands over what was appended: once per turn of the producer's loop.
    void publish();

    /// Bytes appended so far; they are in the file when written() has reached that.
    std::uint64_t position() const { return appended_; }
    std::uint64_t written() const { return tail_.load(std::memory_order_acquire); }

    /// Publishes and has the writer thread hurry; it nudges `loop` when what was appended is in the file.
    void hurry(net::Loop& loop);

    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

    // The consumer's side: the writer's thread, or a test in its place while that does not run.

    /// The oldest published bytes, as far as they lie together in the ring. Empty: there are none.
    std::string_view oldest() const;
    /// The first `size` of them have been dealt with.
    void consume(std::size_t size) { tail_.store(tail_.load(std::memory_order_relaxed) + size, std::memory_order_release); }

  private:
    friend class LogWriter;
    LogWriter& writer_;
    std::size_t file_;
    std::unique_ptr<char[]> ring_;
    std::uint64_t appended_ = 0;
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<net::Loop*> waiting_{nullptr};
    alignas(64) std::atomic<std::uint64_t> head_{0};  // published by the producer
    alignas(64) std::atomic<std::uint64_t> tail_{0};  // written by the thread
};

/// Owns the files, the channels and the thread. Files and channels are added before start().
class LogWriter {
  public:
    LogWriter();
    ~LogWriter();
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    /// "-" is standard output, "stderr" standard error; else a path, appended to. Returns the file's number, or -1 with
    /// errno set.
    int add_file(const std::string& path);
    LogChannel& add_channel(int file);

    void start();

    /// Writes what was published and ends. False: a file does not take it, and after `patience` the thread was left behind
    /// in its system call; the process must then end without destroying this object.
    bool stop(core::Duration patience);

    /// Opens every file anew by its path (log rotation). Any thread.
    void reopen() {
        reopen_.store(true, std::memory_order_release);
        wake();
    }

  private:
    friend class LogChannel;
    enum class State : int { busy, asleep };
    struct File {
        std::string path;
        int fd = -1;
        int complained = 0;  // the errno last told
    };
    void run();
    bool drain();
    bool drain(LogChannel& channel);
    void tell_dropped(bool last);
    void reopen_files();
    bool pending() const;
    void wake();

    std::vector<File> files_;
    std::vector<std::unique_ptr<LogChannel>> channels_;
    int event_ = -1;
    std::uint64_t dropped_told_ = 0;
    std::time_t told_at_ = 0;
    std::atomic<State> state_{State::busy};
    std::atomic<bool> stopping_{false}, reopen_{false}, finished_{false};
    std::thread thread_;
};

}  // namespace sluice::observe
