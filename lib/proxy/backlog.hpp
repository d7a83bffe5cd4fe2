// What a slow client has not taken yet of an answer: in memory, then in a file, so that the peer need not wait.
#pragma once

#include <coroutine>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "core/buffers.hpp"
#include "core/failure.hpp"
#include "net/task.hpp"
#include "proxy/service.hpp"
#include "spool/file.hpp"

namespace sluice::proxy {

/// Between two coroutines of one worker: one puts in what it reads from the peer, the other takes out what it sends. Bytes
/// come out in their order: those in memory are always older than those in the file.
class Backlog {
  public:
    /// `busy`: bytes of memory that are on their way to the client already; they count until sent_busy().
    Backlog(Serving& q, std::size_t busy) : q_(q), settings_(q.settings().proxy.buffers), in_memory_(busy), busy_(busy) {}
    Backlog(const Backlog&) = delete;
    Backlog& operator=(const Backlog&) = delete;

    // Who puts in.

    /// How many bytes may be put in now; less than `least`: wait for room() first.
    static constexpr std::size_t least = 1024;
    std::size_t room_for() const;
    /// co_await room(): until something has been taken out, or nobody takes any more.
    auto room() { return Wait{putting_}; }
    /// `bytes`, no more than room_for(), stay until then.
    net::Task<void> put(std::span<const char> bytes);
    /// No more comes. `whole`: the answer is complete with it.
    void end(bool whole);

    // Who takes out.

    struct Piece {
        core::Buffer buffer;
        std::span<char> bytes;  // in it; none: nothing is left
        bool last = false;      // the answer is complete with it
    };
    /// The next bytes, as soon as there are some. Not after the last.
    net::Task<core::result<Piece>> next();
    /// What was on its way has been sent, and its memory given back.
    void sent_busy() {
        in_memory_ -= std::exchange(busy_, 0);
        wake(putting_);
    }
    /// Nobody takes any more.
    void give_up();
    bool is_given_up() const { return given_up_; }

  private:
    /// One place for a coroutine to wait at.
    struct Wait {
        std::coroutine_handle<>& place;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> h) noexcept { place = h; }
        void await_resume() const noexcept {}
    };
    struct Block {
        core::Buffer buffer;
        std::size_t size = 0;
    };
    static void wake(std::coroutine_handle<>& place) {
        if (auto h = std::exchange(place, {})) h.resume();
    }
    bool file_is_empty() const { return !file_ || (read_ == file_->size() && !appending_); }
    bool may_use_file() const { return !disk_failed_ && settings_.file_most > 0; }
    std::uint64_t write_size() const;
    std::span<const char> keep(std::span<const char> bytes, std::size_t most);
    net::Task<bool> append(std::span<const char> bytes);
    net::Task<core::result<Piece>> next_of_file();
    void tell_disk();

    Serving& q_;
    const route::AnswerBuffers& settings_;
    std::size_t in_memory_, busy_;
    std::deque<Block> blocks_;
    std::unique_ptr<spool::File> file_;
    std::uint64_t read_ = 0;  // of the file
    bool appending_ = false, disk_failed_ = false, ended_ = false, whole_ = false, given_up_ = false;
    std::coroutine_handle<> putting_, taking_;
};

}  // namespace sluice::proxy
