#include "process/daemon.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "core/system_text.hpp"

namespace sluice::process {

namespace {

constexpr char well = '+', badly = '-';

void say(const std::string& text) {
    const std::string line = "sluice: [emerg] " + text + "\n";
    [[maybe_unused]] auto n = write(STDERR_FILENO, line.data(), line.size());
}

/// The starter's part: waits for the word of the daemon, and ends as it says.
[[noreturn]] void wait_for_report(int pipe, pid_t child) {
    std::string word;
    char bytes[512];
    for (;;) {
        const ssize_t n = read(pipe, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        word.append(bytes, static_cast<std::size_t>(n));
        if (word[0] == well) break;
    }
    waitpid(child, nullptr, 0);
    if (!word.empty() && word[0] == well) _exit(0);
    if (word.empty()) say("the daemon ended before it had started");
    if (word.size() > 1) say(word.substr(1));
    _exit(1);
}

/// The child's part: a session, and a child of its own, which can never get a terminal again.
std::string become_daemon() {
    if (setsid() < 0) return core::failed("setsid()", "", errno);
    const pid_t child = fork();
    if (child < 0) return core::failed("fork()", "", errno);
    if (child > 0) _exit(0);
    umask(022);
    if (chdir("/") != 0) return core::failed("chdir()", "/", errno);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return core::failed("open()", "/dev/null", errno);
    const bool moved = dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0;
    const int error = errno;
    if (null > STDERR_FILENO) close(null);
    return moved ? "" : core::failed("dup2()", "/dev/null", error);
}

}  // namespace

StartReport::~StartReport() {
    if (pipe_ >= 0) close(pipe_);
}

void StartReport::send(char how, std::string_view text) {
    if (pipe_ < 0) return;
    const std::string word = how + std::string(text);
    [[maybe_unused]] auto n = write(pipe_, word.data(), word.size());
    close(std::exchange(pipe_, -1));
}

void StartReport::started() { send(well, ""); }
void StartReport::failed(std::string_view text) { send(badly, text); }

std::string detach(StartReport& report) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return core::failed("pipe()", "", errno);
    std::fflush(nullptr);  // or both processes would write what is buffered
    const pid_t child = fork();
    const int error = errno;
    if (child != 0) close(ends[1]);
    if (child > 0) wait_for_report(ends[0], child);
    close(ends[0]);
    if (child < 0) return core::failed("fork()", "", error);
    report.pipe_ = ends[1];
    if (const auto wrong = become_daemon(); !wrong.empty()) {
        report.failed(wrong);
        _exit(1);
    }
    return "";
}

std::string open_standard_streams() {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
        if (fcntl(fd, F_GETFD) >= 0) continue;
        const int opened = open("/dev/null", O_RDWR);  // takes the lowest number that is free: this one
        if (opened != fd) return core::failed("open()", "/dev/null", errno);
    }
    return "";
}

}  // namespace sluice::process
