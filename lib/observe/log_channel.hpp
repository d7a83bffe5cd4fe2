// The lines of one producer thread for one log: a ring of bytes with one producer and one consumer, without locks.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/loop.hpp"
#include "observe/log_file.hpp"

namespace sluice::observe {

class LogWriter;

/// Made and given back on any thread, used by one. Belongs to the writer, which frees it when its last line is written.
class LogChannel {
  public:
    static constexpr std::size_t room = 1 << 20;

    /// Gives a channel back to its writer.
    struct Release {
        void operator()(LogChannel* channel) const { channel->release(); }
    };

    LogChannel(LogWriter& writer, std::shared_ptr<LogFile> file);

    /// One whole line with its newline. Dropped, and counted, when the ring is full. A syslog server gets it with the
    /// severity of its target, or with this one; files have none.
    void append(std::string_view line);
    void append(std::string_view line, Severity severity);

    /// Of a log whose lines bring their paths with them.
    void append(std::string_view path, std::string_view line);

    /// Hands over what was appended: once per turn of the producer's loop.
    void publish();

    /// Bytes appended so far; they are in the file when written() has reached that.
    std::uint64_t position() const { return appended_; }
    std::uint64_t written() const { return tail_.load(std::memory_order_acquire); }

    /// Publishes and has the writer thread hurry; it nudges `loop` when what was appended is in the file. The loop must
    /// outlive the writer's thread.
    void hurry(net::Loop& loop);

    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

    // The consumer's side: the writer's thread, or a test in its place while that does not run.

    /// The oldest published bytes, as far as they lie together in the ring. Empty: there are none.
    std::string_view oldest() const;
    /// The first `size` of them have been dealt with.
    void consume(std::size_t size) {
        tail_.store(tail_.load(std::memory_order_relaxed) + size, std::memory_order_release);
    }

    /// Of a channel to a syslog server, where each line has a head of its own in the ring: the oldest published one,
    /// without its newline. Of lines with paths: path, NUL, line. Returns what consume() is to be told, 0: there is none.
    std::size_t oldest_line(std::string& line, Severity& severity) const;

  private:
    friend class LogWriter;
    /// Before each line for a syslog server: its size in 4 bytes, its severity in one.
    static constexpr std::size_t line_head = 5;

    bool make_room(std::size_t size);
    void put(const char* bytes, std::size_t size);
    void get(std::uint64_t at, char* out, std::size_t size) const;
    void release();

    LogWriter& writer_;
    std::shared_ptr<LogFile> file_;
    std::unique_ptr<char[]> ring_;
    std::uint64_t appended_ = 0;
    std::uint64_t dropped_counted_ = 0;  // the writer's: how many of dropped_ its file knows of
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<net::Loop*> waiting_{nullptr};
    std::atomic<bool> released_{false};
    alignas(64) std::atomic<std::uint64_t> head_{0};  // published by the producer
    alignas(64) std::atomic<std::uint64_t> tail_{0};  // written by the thread
};

using OwnedChannel = std::unique_ptr<LogChannel, LogChannel::Release>;

}  // namespace sluice::observe
