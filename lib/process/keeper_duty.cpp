#include "process/keeper_duty.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "process/capabilities.hpp"
#include "process/pid_file.hpp"

namespace sluice::process {

namespace {

void remove_if_ours(const Kept& kept, pid_t owner) {
    struct stat now {};
    if (lstat(kept.path.c_str(), &now) != 0 || now.st_mode != kept.file.st_mode) return;
    if (S_ISREG(now.st_mode)) remove_pid_file(kept.path, owner);
    if (S_ISSOCK(now.st_mode) && now.st_dev == kept.file.st_dev && now.st_ino == kept.file.st_ino)
        unlink(kept.path.c_str());
}

std::string_view folder(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }

/// ".conf"; "" of a name without a dot.
std::string_view ending(std::string_view path) {
    path.remove_prefix(folder(path).size());
    const auto dot = path.rfind('.');
    return dot == path.npos ? std::string_view{} : path.substr(dot);
}

/// A link that the conf names, as those of certificates often are: whoever asks could not have put it there.
bool is_trusted_link(const std::string& path, const KeeperDuties& duties) {
    struct stat around {};
    return std::ranges::find(duties.confs, path) != duties.confs.end() && stat(std::string(folder(path)).c_str(), &around) == 0 && around.st_uid == 0 &&
           (around.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/// Whoever asks has no rights of their own any more, and may be in strange hands: other links lead nowhere, and what has a
/// second name could be somebody else's.
int open_plain(const std::string& path, int flags, mode_t mode, const KeeperDuties& duties, bool is_log) {
    const int follow = !is_log && is_trusted_link(path, duties) ? 0 : O_NOFOLLOW;
    const int fd = open(path.c_str(), flags | follow | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, mode);
    if (fd < 0) return -1;
    struct stat file {};
    const bool plain = fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && (!is_log || file.st_nlink == 1);
    if (!plain) {
        close(fd);
        errno = EACCES;
        return -1;
    }
    if (is_log && mode == 0600 && (file.st_mode & 077) != 0 && fchmod(fd, mode) != 0) {
        const int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    // As nginx does: the next time the process can open it by itself, where the folder lets it.
    if (is_log && file.st_uid != duties.user) [[maybe_unused]] const int given = fchown(fd, duties.user, static_cast<gid_t>(-1));
    if (is_log) fcntl(fd, F_SETFL, O_APPEND);
    return fd;
}

int open_asked(char what, const std::string& path, const KeeperDuties& duties) {
    errno = EACCES;
    const bool is_log = what == ask_for_log || what == ask_for_secret_log;
    if (is_log && is_beside(path, duties.logs, false))
        return open_plain(path, O_WRONLY | O_APPEND | O_CREAT, what == ask_for_log ? 0644 : 0600, duties, true);
    if (what == ask_for_conf && is_beside(path, duties.confs, true)) return open_plain(path, O_RDONLY, 0, duties, false);
    return -1;
}

void answer(int socket, int fd) {
    int error = fd < 0 ? errno : 0;
    iovec part{&error, sizeof error};
    alignas(cmsghdr) char room[CMSG_SPACE(sizeof(int))]{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (fd >= 0) {
        message.msg_control = room;
        message.msg_controllen = sizeof room;
        cmsghdr* const passed = CMSG_FIRSTHDR(&message);
        passed->cmsg_level = SOL_SOCKET;
        passed->cmsg_type = SCM_RIGHTS;
        passed->cmsg_len = CMSG_LEN(sizeof fd);
        std::memcpy(CMSG_DATA(passed), &fd, sizeof fd);
    }
    [[maybe_unused]] const auto sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    if (fd >= 0) close(fd);
}

}  // namespace

bool is_beside(const std::string& path, const std::vector<std::string>& known, bool by_ending) {
    if (!path.starts_with('/') || path.find('\0') != path.npos || (path + '/').find("/../") != path.npos) return false;
    return std::ranges::any_of(known, [&](const std::string& one) {
        return path == one || (folder(path) == folder(one) && path.size() > folder(path).size() && (!by_ending || ending(path) == ending(one)));
    });
}

void keep(int socket, const std::vector<Kept>& all, const KeeperDuties& duties, pid_t owner) {
    // Holds nothing but the socket: a listener left open here would take clients whom nobody serves.
    if (dup2(socket, STDIN_FILENO) < 0) _exit(1);
    syscall(SYS_close_range, 1u, ~0u, 0u);
    prctl(PR_SET_NAME, "sluice: keeper", 0, 0, 0);
    if (chdir("/") != 0 || !keep_capabilities(capability::dac_override | capability::fowner | capability::chown)) _exit(1);
    std::string question(longest_path + 1, '\0');
    for (;;) {
        const auto n = recv(STDIN_FILENO, question.data(), question.size(), 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        answer(STDIN_FILENO, open_asked(question[0], question.substr(1, static_cast<std::size_t>(n) - 1), duties));
    }
    for (const Kept& kept : all) remove_if_ours(kept, owner);
    _exit(0);
}

}  // namespace sluice::process
