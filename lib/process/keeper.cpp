#include "process/keeper.hpp"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "core/system_text.hpp"
#include "process/keeper_duty.hpp"

namespace sluice::process {

std::string Keeper::start(KeeperDuties duties) {
    std::vector<Kept> all;
    for (const auto& path : duties.remove) {
        Kept kept{path, {}};
        if (lstat(path.c_str(), &kept.file) != 0) return core::failed("stat()", path, errno);
        all.push_back(std::move(kept));
    }
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return core::failed("socketpair()", "", errno);
    const pid_t owner = getpid();
    sigset_t every, before;
    sigfillset(&every);
    // What is sent to all of us is not for the helper, from its first moment.
    sigprocmask(SIG_SETMASK, &every, &before);
    helper_ = fork();
    const int error = errno;
    if (helper_ == 0) {
        close(ends[1]);
        keep(ends[0], all, duties, owner);
    }
    sigprocmask(SIG_SETMASK, &before, nullptr);
    close(ends[0]);
    socket_ = ends[1];
    if (helper_ < 0) close(std::exchange(socket_, -1));
    return helper_ < 0 ? core::failed("fork()", "", error) : "";
}

int Keeper::open_log(const std::string& path, bool secret) { return ask(secret ? ask_for_secret_log : ask_for_log, path); }

int Keeper::open_conf(const std::string& path) { return ask(ask_for_conf, path); }

int Keeper::ask(char what, const std::string& path) {
    const std::lock_guard lock(mutex_);
    errno = EACCES;
    if (socket_ < 0 || path.size() > longest_path) return -1;
    const std::string question = what + path;
    if (send(socket_, question.data(), question.size(), MSG_NOSIGNAL) < 0) return -1;
    int error = EIO;
    iovec part{&error, sizeof error};
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))];
    msghdr answer{};
    answer.msg_iov = &part;
    answer.msg_iovlen = 1;
    answer.msg_control = room;
    answer.msg_controllen = sizeof room;
    ssize_t n;
    while ((n = recvmsg(socket_, &answer, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
    }
    if (n != sizeof error) {
        errno = EIO;
        return -1;
    }
    const cmsghdr* passed = CMSG_FIRSTHDR(&answer);
    if (error != 0 || !passed || passed->cmsg_type != SCM_RIGHTS) {
        errno = error != 0 ? error : EIO;
        return -1;
    }
    int fd;
    std::memcpy(&fd, CMSG_DATA(passed), sizeof fd);
    return fd;
}

void Keeper::finish() {
    const std::lock_guard lock(mutex_);
    if (socket_ < 0) return;
    close(std::exchange(socket_, -1));
    while (waitpid(helper_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

}  // namespace sluice::process
