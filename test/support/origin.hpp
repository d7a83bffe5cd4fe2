// Scripted origins: what a backend does with each connection is a function.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/message.hpp"

namespace sluice::test {

/// A door that stays shut until somebody opens it.
class Gate {
  public:
    void open();
    /// Throws TimedOut.
    void wait();

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

/// A port of 127.0.0.1 that is ours while this lives, and on which nobody listens: who connects is refused.
class Port {
  public:
    Port();
    ~Port();
    Port(const Port&) = delete;
    Port& operator=(const Port&) = delete;
    std::string address() const;

  private:
    int fd_;
};

class Origin {
  public:
    /// One connection in the hands of the script.
    class Visit {
      public:
        Visit(Origin& origin, Socket taken, unsigned its_number)
            : socket(std::move(taken)), number(its_number), origin_(origin) {}
        Socket socket;
        const unsigned number;  // of the connection, from 1

        /// Reads a request and notes it. Throws Closed when none comes any more.
        Message read_request();
        /// Only its head, for those who read the body themselves.
        Message read_head();
        void send(std::string_view bytes) { socket.send(bytes); }
        /// What an answer takes: returns when that time has passed. Throws Closed when the client leaves before.
        void work(std::chrono::nanoseconds time);
        /// Not by the socket itself: the test may be ending the connection at the same time.
        void close();
        void reset();

      private:
        Origin& origin_;
    };

    /// Runs on a thread of its own for each connection, which closes when it returns. Closed ends it quietly.
    using Script = std::function<void(Visit&)>;

    /// `address`: on a port of its own, or "unix:/path", "[::1]:0".
    explicit Origin(Script script, const std::string& address = "");
    /// Answers every request with `response`.
    explicit Origin(std::string response);
    ~Origin();
    Origin(const Origin&) = delete;
    Origin& operator=(const Origin&) = delete;

    const std::string& address() const { return address_; }

    /// Ends all connections and refuses new ones; start() takes them again, at the same address.
    void stop();
    void start();

    unsigned connections() const { return connections_; }
    unsigned requests() const;
    /// The requests that were read so far.
    std::vector<Message> seen() const;
    Message last() const { return seen().back(); }
    void wait_for_requests(unsigned count) const;

  private:
    struct Handler {
        Visit visit;
        std::thread thread;
    };
    void accept();
    void run(Visit& visit);
    void end(Visit& visit);
    void note(const Message& request);

    Script script_;
    Port port_;
    std::string address_;
    int listener_ = -1;
    std::atomic<bool> stopping_{false};
    std::atomic<unsigned> connections_{0};
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<Message> seen_;
    std::list<Handler> handlers_;
    std::thread thread_;
};

/// Answers every request on the connection with `response`.
Origin::Script answering(std::string response);

}  // namespace sluice::test
