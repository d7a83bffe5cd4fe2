#include "observe/log_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/system_text.hpp"
#include "observe/log_opener.hpp"

namespace sluice::observe {

namespace {
LogOpener log_opener;

/// What may have been there before us.
bool hide_from_others(int fd) {
    struct stat file {};
    if (fstat(fd, &file) != 0) return false;
    return !S_ISREG(file.st_mode) || (file.st_mode & 077) == 0 || fchmod(fd, 0600) == 0;
}

}  // namespace

int open_log(const std::string& path, bool secret) {
    // Not to wait for whoever should read from a FIFO: without one open() fails (ENXIO).
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, secret ? 0600 : 0644);
    if (fd < 0 && (errno == EACCES || errno == EPERM) && log_opener) return log_opener(path, secret);
    if (fd < 0) return fd;
    fcntl(fd, F_SETFL, O_APPEND);
    if (!secret || hide_from_others(fd)) return fd;
    // Somebody else's file.
    const int error = errno;
    close(fd);
    if (log_opener) return log_opener(path, secret);
    errno = error;
    return -1;
}

void set_log_opener(LogOpener opener) { log_opener = std::move(opener); }

namespace {

constexpr std::string_view syslog_prefix = "syslog:";

std::string why_not_opened(const std::string& path, int error) {
    return core::failed("open()", path, error) + (error == ENXIO ? ": it is a pipe from which nobody reads" : "");
}

std::unique_ptr<Syslog> make_syslog(std::string_view text, std::string& error) {
    SyslogOptions options;
    net::Address server;
    error = parse_syslog(text, options);
    if (error.empty()) error = resolve_syslog(options, server);
    return error.empty() ? std::make_unique<Syslog>(std::move(options), std::move(server)) : nullptr;
}

}  // namespace

std::shared_ptr<LogFile> LogFile::open(const std::string& target, std::string& error, const LogOptions& options) {
    if (options.by_line) {
        std::shared_ptr<LogFile> out(new LogFile(target, -1));
        out->paths_ = std::make_unique<LogPaths>(options);
        return out;
    }
    std::unique_ptr<Syslog> syslog;
    int fd = -1;
    int number = EINVAL;
    if (target.starts_with(syslog_prefix)) {
        syslog = make_syslog(std::string_view(target).substr(syslog_prefix.size()), error);
    } else {
        fd = target == "-" ? STDOUT_FILENO : target == "stderr" ? STDERR_FILENO : open_log(target, options.secret);
        number = errno;
        error = fd < 0 ? why_not_opened(target, number) : "";
    }
    if (!error.empty()) {
        errno = number;
        return nullptr;
    }
    std::shared_ptr<LogFile> out(new LogFile(target, fd));
    out->syslog_ = std::move(syslog);
    if (options.buffer > 0 && !out->syslog_) out->packer_ = std::make_unique<LogPacker>(options);
    out->secret_ = options.secret;
    out->has_path_ = !out->syslog_ && target != "-" && target != "stderr";
    return out;
}

LogFile::~LogFile() {
    std::uint64_t lost = 0;
    if (packer_) flush(core::Instant{}, lost);
    if (has_path_) close(fd_);
}

std::string LogFile::give_to(uid_t user) {
    struct stat opened {
    }, named{};
    if (!has_path() || fstat(fd_, &opened) != 0 || !S_ISREG(opened.st_mode) || opened.st_uid == user) return "";
    if (opened.st_nlink > 1 || lstat(target_.c_str(), &named) != 0) return "";
    if (named.st_dev != opened.st_dev || named.st_ino != opened.st_ino) return "";
    return fchown(fd_, user, static_cast<gid_t>(-1)) == 0 ? "" : core::failed("chown()", target_, errno);
}

LogFile::Took LogFile::write(std::string_view bytes, std::size_t& written) {
    written = 0;
    while (written < bytes.size()) {
        const ssize_t n = ::write(fd_, bytes.data() + written, bytes.size() - written);
        if (n >= 0)
            written += static_cast<std::size_t>(n);
        else if (errno == EAGAIN)  // standard output may be a non-blocking pipe
            return Took::not_yet;
        else if (errno != EINTR)
            return Took::nothing;
    }
    return Took::it;
}

LogFile::Took LogFile::flush(core::Instant now, std::uint64_t& lost) {
    lost = 0;
    for (;;) {
        const auto bytes = packer_->ready(now);
        if (bytes.empty()) return Took::it;
        std::size_t written = 0;
        const auto took = write(bytes, written);
        packer_->taken(written);
        if (took == Took::not_yet) return took;
        if (took == Took::nothing) {
            lost = packer_->give_up();
            return took;
        }
    }
}

std::string LogFile::reopen() {
    if (paths_) paths_->close_all();
    if (!has_path()) return "";
    const int fd = open_log(target_, secret_);
    if (fd < 0) return why_not_opened(target_, errno) + "; writing on to the old one";
    close(std::exchange(fd_, fd));
    return "";
}

}  // namespace sluice::observe
