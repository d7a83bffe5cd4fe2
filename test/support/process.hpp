// The real program as a child process.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "support/message.hpp"

namespace sluice::test {

/// Reads one end of a pipe on a thread of its own, until the other end is closed.
class Reader {
  public:
    explicit Reader(int fd);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    std::string text() const;
    /// The first whole line with `what` in it, from `from` on. Throws TimedOut, or Closed when no more can come.
    std::string wait_for_line(std::string_view what) const;
    /// Everything, once the other end is closed.
    std::string wait_for_end() const;

  private:
    void run();
    int fd_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::string text_;
    bool ended_ = false;
    std::thread thread_;
};

/// Any program, started at once. Killed if it still runs at the end.
class Process {
  public:
    explicit Process(const std::vector<std::string>& words);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    /// Its exit status, or minus the signal that ended it. Throws TimedOut.
    int wait();
    bool has_ended() const { return ended_; }

    const Reader& output() const { return output_; }
    const Reader& errors() const { return errors_; }

  private:
    struct Pipe {
        Pipe();
        int read, write;
    };
    pid_t start(const std::vector<std::string>& words);

    Pipe output_pipe_, error_pipe_;
    pid_t pid_;
    Reader output_, errors_;
    int status_ = 0;
    bool ended_ = false;
};

/// sluice, listening on a port that the kernel chose unless the flags say otherwise. At the end it is told to stop, and
/// must do so with status 0.
class Sluice {
  public:
    /// `flags`: separated by spaces. `descriptors`: a limit on its open files, 0 for none.
    explicit Sluice(const std::string& flags, unsigned descriptors = 0);
    ~Sluice();

    const std::string& address() const { return address_; }
    Socket connect() const { return Socket::connect(address_); }

    /// One request on a connection of its own, to the end of that: the access log then has its line. The head ends
    /// without the empty line: "GET / HTTP/1.1\r\nHost: a\r\n".
    Message ask(std::string_view head, std::string_view body = "") const;
    Message get(std::string_view path = "/") const;

    void signal(int number) const { process_.signal(number); }
    int wait() { return process_.wait(); }

    /// What it said on standard error so far, the lines of the error log among it.
    std::string errors() const { return process_.errors().text(); }
    std::string wait_for_error(std::string_view what) const { return process_.errors().wait_for_line(what); }
    const Process& process() const { return process_; }
    /// Memory in use now.
    std::size_t resident_kib() const;

  private:
    Process process_;
    std::string address_;
};

/// A folder that goes away with this.
class Folder {
  public:
    Folder();
    ~Folder();
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string operator/(std::string_view name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

std::string read_file(const std::string& path);
std::vector<std::string> lines_of(const std::string& text);
/// Reads the file until it is there and has that many lines. Throws TimedOut.
std::vector<std::string> wait_for_lines(const std::string& path, std::size_t count);

/// " --backend ADDRESS" for each origin.
template <class... Origins>
std::string backends(const Origins&... origins) {
    return ((" --backend " + origins.address()) + ...);
}

}  // namespace sluice::test
