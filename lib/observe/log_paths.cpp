#include "observe/log_paths.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "observe/log_file.hpp"

namespace sluice::observe {

namespace {
int write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno != EINTR) return errno;
        if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return 0;
}
}  // namespace

int LogPaths::write(const std::string& path, std::string_view line, core::Instant now) {
    if (options_.open_files == 0) {
        const int fd = open_log(path);
        if (fd < 0) return errno;
        const int error = write_all(fd, line);
        close(fd);
        return error;
    }
    forget_unused(now);
    auto known = by_path_.find(path);
    if (known != by_path_.end() && !is_still_there(*known->second, now)) {
        forget(known->second);
        known = by_path_.end();
    }
    if (known == by_path_.end()) {
        if (entries_.size() >= options_.open_files) forget(std::prev(entries_.end()));
        struct stat file {};
        const int fd = open_log(path);
        if (fd < 0) return errno;
        fstat(fd, &file);
        entries_.push_front({path, fd, file.st_dev, file.st_ino, now, now, 0});
        known = by_path_.emplace(entries_.front().path, entries_.begin()).first;
    }
    entries_.splice(entries_.begin(), entries_, known->second);
    Entry& entry = entries_.front();
    entry.used = now;
    ++entry.uses;
    return write_all(entry.fd, line);
}

/// Somebody may have moved it away and not told us.
bool LogPaths::is_still_there(Entry& entry, core::Instant now) const {
    if (now - entry.checked < options_.valid) return true;
    entry.checked = now;
    struct stat file {};
    return stat(entry.path.c_str(), &file) == 0 && file.st_dev == entry.device && file.st_ino == entry.inode;
}

void LogPaths::forget(Place place) {
    by_path_.erase(place->path);
    close(place->fd);
    entries_.erase(place);
}

/// Those at the end were not used for the longest time; what was used too little stays no longer than that either.
void LogPaths::forget_unused(core::Instant now) {
    while (!entries_.empty() && now - entries_.back().used >= options_.inactive) forget(std::prev(entries_.end()));
    if (options_.least_uses <= 1) return;
    for (auto it = entries_.begin(); it != entries_.end();) {
        const auto here = it++;
        if (here->uses < options_.least_uses && now - here->checked >= options_.inactive) forget(here);
    }
}

void LogPaths::close_all() {
    while (!entries_.empty()) forget(entries_.begin());
}

}  // namespace sluice::observe
