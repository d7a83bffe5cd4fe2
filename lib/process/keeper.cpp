#include "process/keeper.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "core/system_text.hpp"
#include "process/capabilities.hpp"
#include "process/pid_file.hpp"

namespace sluice::process {

namespace {

struct Kept {
    std::string path;
    struct stat file;
};

void remove_if_ours(const Kept& kept, pid_t owner) {
    struct stat now {};
    if (lstat(kept.path.c_str(), &now) != 0 || now.st_mode != kept.file.st_mode) return;
    if (S_ISREG(now.st_mode)) remove_pid_file(kept.path, owner);
    if (S_ISSOCK(now.st_mode) && now.st_dev == kept.file.st_dev && now.st_ino == kept.file.st_ino)
        unlink(kept.path.c_str());
}

/// Every signal is blocked. Holds nothing but the pipe: a listener left open here would take clients whom nobody
/// serves.
[[noreturn]] void keep(int pipe, const std::vector<Kept>& all, pid_t owner) {
    if (dup2(pipe, STDIN_FILENO) < 0) _exit(1);
    syscall(SYS_close_range, 1u, ~0u, 0u);
    prctl(PR_SET_NAME, "sluice: keeper", 0, 0, 0);
    if (chdir("/") != 0 || !keep_capabilities(capability::dac_override | capability::fowner)) _exit(1);
    char byte;
    while (read(STDIN_FILENO, &byte, 1) < 0 && errno == EINTR) {
    }
    for (const Kept& kept : all) remove_if_ours(kept, owner);
    _exit(0);
}

}  // namespace

std::string Keeper::start(const std::vector<std::string>& paths) {
    std::vector<Kept> all;
    for (const auto& path : paths) {
        Kept kept{path, {}};
        if (lstat(path.c_str(), &kept.file) != 0) return core::failed("stat()", path, errno);
        all.push_back(std::move(kept));
    }
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return core::failed("pipe()", "", errno);
    const pid_t owner = getpid();
    sigset_t every, before;
    sigfillset(&every);
    sigprocmask(SIG_SETMASK, &every,
                &before);  // what is sent to all of us is not for the helper, from its first moment
    helper_ = fork();
    const int error = errno;
    if (helper_ == 0) {
        close(ends[1]);
        keep(ends[0], all, owner);
    }
    sigprocmask(SIG_SETMASK, &before, nullptr);
    close(ends[0]);
    pipe_ = ends[1];
    if (helper_ < 0) close(std::exchange(pipe_, -1));
    return helper_ < 0 ? core::failed("fork()", "", error) : "";
}

void Keeper::finish() {
    if (pipe_ < 0) return;
    close(std::exchange(pipe_, -1));
    while (waitpid(helper_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace sluice::process
