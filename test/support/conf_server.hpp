// sluice started from a conf, as a service manager does it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "support/origin.hpp"
#include "support/process.hpp"

namespace sluice::test {

/// A folder that everybody may enter and write into (sluice leaves root's rights behind), with a conf in it.
class ConfFolder {
  public:
    ConfFolder();

    std::string operator/(std::string_view name) const { return folder_ / name; }
    /// With the slash at its end.
    std::string prefix() const { return folder_ / ""; }
    std::string conf_path() const { return folder_ / "test.conf"; }
    std::string pid_path() const { return folder_ / "sluice.pid"; }
    std::string error_log_path() const { return folder_ / "error.log"; }

    /// Puts the folder for each "@ROOT@", and the address to listen on for each "@LISTEN@".
    std::string fill(std::string text) const;
    /// Writes the conf: `main` and what every test wants at the main level, then `http`.
    void write(std::string_view http, std::string_view main = "") const;
    void write_file(std::string_view name, std::string_view text) const;

    std::string address() const { return listen_.address(); }
    /// ADDRESS, with which a conf may listen, too: nobody else gets its port.
    std::string second_address() const { return second_.address(); }

    /// The words of a command line: "sluice -p PREFIX -c CONF" and `flags`.
    std::vector<std::string> command(const std::vector<std::string>& flags = {}) const;

  private:
    Folder folder_;
    Port listen_, second_;  // bound by us and never listened on: sluice can have them, nobody else
};

/// What a command that ends by itself said.
struct Outcome {
    int status = 0;
    std::string output, errors;
};
Outcome run_to_end(const std::vector<std::string>& words);

/// Waits until the file is there with something in it; its text. Throws TimedOut.
std::string wait_for_text(const std::string& path);
/// Waits until the file is gone.
void wait_until_gone(const std::string& path);
/// Waits until the file has `count` lines with `what` in them; the last. Throws TimedOut with what there is.
std::string wait_for_line_in(const std::string& path, std::string_view what, std::size_t count = 1);
/// How many of its lines have `what` in them.
std::size_t count_lines(const std::string& path, std::string_view what);
/// The value of "Name:" in /proc/PID/status, without blanks around it.
std::string process_status(pid_t pid, const std::string& name);
std::size_t open_descriptors(pid_t pid);
/// Waits until nobody accepts there any more.
void wait_until_refused(const std::string& address);
/// Waits until somebody does.
void wait_until_accepted(const std::string& address);

/// The server itself, in the foreground. At the end it is told to stop, and must do so with status 0.
class ConfServer {
  public:
    /// Waits until it has started.
    explicit ConfServer(std::string_view http, std::string_view main = "error_log @ROOT@/error.log info;");
    ~ConfServer();

    const ConfFolder& folder() const { return folder_; }
    std::string address() const { return folder_.address(); }
    pid_t pid() const { return process_.pid(); }
    Process& process() { return process_; }
    Socket connect() const { return Socket::connect(address()); }
    void signal(int number) const { process_.signal(number); }
    int wait() { return process_.wait(); }

    /// One request on a connection of its own. `head` ends with a line feed and without the empty line.
    Message ask(std::string_view head, std::string_view body = "") const;
    Message get(std::string_view target = "/", std::string_view host = "a") const;

    std::string error_log() const { return read_file(folder_.error_log_path()); }
    std::string wait_for_error(std::string_view what, std::size_t count = 1) const {
        return wait_for_line_in(folder_.error_log_path(), what, count);
    }
    /// Rewrites the conf, sends SIGHUP, and waits until the log tells of it.
    void reload(std::string_view http, std::string_view main = "error_log @ROOT@/error.log info;");
    std::size_t resident_kib() const;

  private:
    ConfFolder folder_;
    Process process_;
    std::size_t reloads_ = 0;
};

}  // namespace sluice::test
