#include "process/pid_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "core/system_text.hpp"
#include "core/text.hpp"

namespace sluice::process {

namespace {

/// More than any number has digits: what is longer is no number.
constexpr std::size_t longest = 22;

/// "" or what failed.
std::string write_to(int fd, const std::string& path, const std::string& text) {
    const ssize_t n = write(fd, text.data(), text.size());
    const int error = n < 0 ? errno : ENOSPC;
    close(fd);
    return n == static_cast<ssize_t>(text.size()) ? "" : core::failed("write()", path, error);
}

bool is_device(const std::string& path) {
    struct stat file {};
    return stat(path.c_str(), &file) == 0 && !S_ISREG(file.st_mode) && !S_ISDIR(file.st_mode);
}

std::string write_in_place(const std::string& path, const std::string& text) {
    const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK);
    return fd < 0 ? core::failed("open()", path, errno) : write_to(fd, path, text);
}

std::string replace(const std::string& path, const std::string& text, pid_t pid) {
    const std::string beside = path + "." + std::to_string(pid);
    unlink(beside.c_str());  // left by an earlier process of this number
    const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) return core::failed("open()", path, errno);
    auto wrong = write_to(fd, path, text);
    if (wrong.empty() && rename(beside.c_str(), path.c_str()) != 0) wrong = core::failed("rename()", path, errno);
    if (!wrong.empty()) unlink(beside.c_str());
    return wrong;
}

}  // namespace

std::string write_pid_file(const std::string& path, pid_t pid) {
    const std::string text = std::to_string(pid) + "\n";
    return is_device(path) ? write_in_place(path, text) : replace(path, text, pid);
}

std::string try_pid_file(const std::string& path) {
    struct stat file {};
    const bool is_there = stat(path.c_str(), &file) == 0;
    if (is_there && S_ISDIR(file.st_mode)) return core::failed("open()", path, EISDIR);
    if (is_there && !S_ISREG(file.st_mode)) return access(path.c_str(), W_OK) == 0 ? "" : core::failed("open()", path, errno);
    const std::string beside = path + ".test." + std::to_string(getpid());
    const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return core::failed("open()", path, errno);
    close(fd);
    unlink(beside.c_str());
    return "";
}

std::optional<pid_t> read_pid_file(const std::string& path, std::string& error) {
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        error = core::failed("open()", path, errno);
        return std::nullopt;
    }
    char bytes[longest];
    const ssize_t n = read(fd, bytes, sizeof bytes);
    if (n < 0) error = core::failed("read()", path, errno);
    close(fd);
    if (n < 0) return std::nullopt;
    std::string_view text(bytes, static_cast<std::size_t>(n));
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    const auto pid = core::parse_number<pid_t>(text);
    // Zero would mean the process group of whoever asks.
    if (pid && *pid > 0) return pid;
    error = "invalid PID number \"" + std::string(text) + "\" in \"" + path + "\"";
    return std::nullopt;
}

std::string remove_pid_file(const std::string& path, pid_t pid) {
    std::string unread;
    if (is_device(path) || read_pid_file(path, unread) != pid) return "";
    if (unlink(path.c_str()) == 0) return "";
    const auto wrong = core::failed("unlink()", path, errno);
    return truncate(path.c_str(), 0) == 0 ? "" : wrong;
}

}  // namespace sluice::process
