// A piece of a test in a process of its own, for what changes a process for good.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace sluice::test {

struct Ended {
    int status = -1;   // of its exit, or minus the signal that ended it
    std::string text;  // what the function returned
};

inline int wait_for(pid_t pid) {
    int status = 0;
    if (waitpid(pid, &status, 0) < 0) return -1000;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// All that can be read until the other end is closed; closes this one.
inline std::string read_to_end(int fd) {
    std::string out;
    char bytes[4096];
    for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) > 0;) out.append(bytes, static_cast<std::size_t>(n));
    close(fd);
    return out;
}

/// Runs `f`, which returns a text, in a child, and waits for its end.
template <class F>
Ended in_child(F f) {
    int ends[2];
    if (pipe(ends) != 0) return {};
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        const std::string text = f();
        const bool all = write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
        _exit(all ? 0 : 99);
    }
    close(ends[1]);
    Ended out;
    out.text = read_to_end(ends[0]);
    out.status = wait_for(pid);
    return out;
}

}  // namespace sluice::test
