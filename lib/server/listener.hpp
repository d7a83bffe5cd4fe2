// A worker's listening socket: accepts, and pauses when descriptors run out.
#pragma once

#include "net/address.hpp"
#include "net/listen.hpp"
#include "net/loop.hpp"
#include "server/listen_table.hpp"

namespace sluice::server {

class Worker;

/// On its worker's thread. Owns the socket.
class Listener final : public net::Watched {
  public:
    Listener(Worker& worker, int fd, const ListenAddress& where, bool shared);
    ~Listener() override;

    const ListenAddress& where() const { return where_; }

    /// The conf in force may want something else of the socket than the one before it.
    void tune(const net::ListenOptions& options);

    /// Takes what waits in the queue, then stops listening for good.
    void close();
    /// Accepts again after a pause. False: it goes on, since there are still too few descriptors.
    bool resume();

    void on_events(std::uint32_t events) override;
    void on_expiry() override { resume(); }

  private:
    /// False: there is nothing more to accept now.
    bool accept_one();
    void pause(int error);
    bool has_room() const;
    bool is_watched() const { return !(paused_ && shared_); }

    Worker& worker_;
    int fd_;
    const ListenAddress& where_;
    net::ListenOptions options_;
    // Taken in one event. To ask an empty queue makes and frees a socket in the kernel, which costs as much as half a
    // connection: what is left over is told of again in the next turn.
    int batch_ = 1, full_batches_ = 0;
    bool shared_;  // one socket for all workers: only one of them is woken per connection
    bool paused_ = false;
    bool careful_ = false;  // has run out once: asks before each accept
};

}  // namespace sluice::server
