// A worker's event loop: readiness of descriptors from an epoll set of its own, deadlines from a wheel, work from
// other threads through an Asio io_context.
//
// Why not Asio's reactor for the sockets: DESIGN.md, decision 1 (two system calls more per request, and no EPOLLRDHUP,
// without which an end of stream that arrives with the last bytes goes unseen).
#pragma once

#include <sys/epoll.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "core/buffers.hpp"
#include "core/clock.hpp"
#include "core/wheel.hpp"

namespace sluice::net {

/// Something the loop watches: gets events of one descriptor, and may have a deadline.
class Watched : public core::Timer {
  public:
    /// `events`: EPOLL* bits. The object may destroy itself or others.
    virtual void on_events(std::uint32_t events) = 0;
    void on_expiry() override {}
};

/// Called once at the end of every turn of the loop, after all events were handled.
class TurnEnd {
  public:
    virtual void on_turn_end() = 0;

  protected:
    ~TurnEnd() = default;
};

/// One thread runs it; all members but post() and stop() belong to that thread. What it watches must be gone before it.
class Loop {
  public:
    explicit Loop(const core::Clock& clock);
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Runs turns until stop().
    void run();

    /// One turn; waits for something to do no longer than `wait`. Returns the number of events handled, with those of
    /// again() and wake-ups: 0 when nothing was to do but deadlines.
    int turn(core::Duration wait);

    /// Any thread.
    void stop();
    bool stopped() const { return stopped_.load(std::memory_order_acquire); }

    /// Any thread: runs `f` on the loop's thread, in order.
    template <class F>
    void post(F&& f) {
        boost::asio::post(context_, std::forward<F>(f));
        wake();
    }

    /// Any thread: has the loop take a turn.
    void nudge() { wake(); }

    /// Time of this turn: read once when the turn began, so equal times may be microseconds apart.
    core::Instant now() const { return now_; }
    core::WallTime wall() const { return wall_; }

    core::Wheel& wheel() { return wheel_; }
    core::BufferPool& buffers() { return buffers_; }

    /// Starts watching; false: errno says why. Edges or levels as `events` says (EPOLLET).
    bool watch(int fd, Watched& watched, std::uint32_t events);
    bool rewatch(int fd, std::uint32_t events);
    /// Stops watching a descriptor that is about to be closed, or is kept open (`keep`).
    void unwatch(int fd, bool keep = false);

    /// Identifies a watched descriptor across calls that may end it.
    struct Token {
        int fd;
        std::uint32_t generation;
    };
    Token token(int fd) const { return {fd, slots_[fd].generation}; }
    bool alive(Token t) const { return slots_[t.fd].generation == t.generation && slots_[t.fd].watched; }

    /// Work that may go on without waiting: after `fairness` such steps in one event the descriptor must queue up again.
    bool spend() { return budget_-- > 0; }
    /// Looks at the descriptor again in the next turn, as if `events` had come.
    void again(int fd, std::uint32_t events) { again_.push_back({token(fd), events}); }

    /// Whether work that takes as long as a signature may be done for this descriptor now. False: it is asked for by
    /// on_events(0) when its turn has come, and is to ask again then. One a turn, in order, so that nobody else waits for more
    /// than one such piece of work.
    bool may_take_long(int fd);

    void at_turn_end(TurnEnd& hook) { hooks_.push_back(&hook); }

    /// Descriptors being watched; a leak test looks at this.
    std::size_t watching() const { return watching_; }

  private:
    static constexpr int fairness = 32;
    struct Slot {
        Watched* watched = nullptr;
        std::uint32_t generation = 0;
        bool waits_long = false;  // is in long_
    };
    struct Again {
        Token token;
        std::uint32_t events;
    };
    void wake();
    void give_long_turn();
    void dispatch(Token token, std::uint32_t events);
    int wait_milliseconds(core::Duration wait) const;

    const core::Clock& clock_;
    core::Instant now_;
    core::WallTime wall_;
    core::Wheel wheel_;
    core::BufferPool buffers_;
    core::Instant trim_at_{};
    int epoll_ = -1, wake_ = -1;
    int budget_ = 0;
    std::size_t watching_ = 0;
    std::vector<Slot> slots_;  // by descriptor
    std::vector<Again> again_, again_now_;
    std::deque<Token> long_;   // wait for their turn to take long
    int long_granted_ = -1;    // whose turn it is
    bool long_taken_ = false;  // in this turn of the loop
    std::vector<TurnEnd*> hooks_;
    boost::asio::io_context context_{1};
    std::atomic<bool> posted_{false}, stopped_{false};
};

}  // namespace sluice::net
