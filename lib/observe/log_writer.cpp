#include "observe/log_writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace sluice::observe {

namespace {
// How long the thread lets lines gather while there is traffic and nobody waits for them.
constexpr int nap_ms = 10;
// Dropped lines are told at most this often.
constexpr std::time_t tell_seconds = 60;
constexpr std::uint64_t ring_mask = LogChannel::room - 1;

int open_log(const std::string& path) {
    if (path == "-") return STDOUT_FILENO;
    if (path == "stderr") return STDERR_FILENO;
    // Not to wait for whoever should read from a FIFO: without one open() fails (ENXIO).
    const int fd = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
    if (fd >= 0) fcntl(fd, F_SETFL, O_APPEND);
    return fd;
}
}  // namespace

void LogChannel::append(std::string_view line) {
    if (!ring_) ring_ = std::make_unique_for_overwrite<char[]>(room);
    if (line.size() > room - (appended_ - tail_.load(std::memory_order_acquire))) {
        dropped_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    const auto at = appended_ & ring_mask;
    const auto first = std::min<std::size_t>(line.size(), room - at);
    std::memcpy(ring_.get() + at, line.data(), first);
    std::memcpy(ring_.get(), line.data() + first, line.size() - first);
    appended_ += line.size();
}

void LogChannel::publish() {
    if (head_.load(std::memory_order_relaxed) == appended_) return;
    head_.store(appended_, std::memory_order_seq_cst);
    if (writer_.state_.load(std::memory_order_seq_cst) == LogWriter::State::asleep) writer_.wake();
}

void LogChannel::hurry(net::Loop& loop) {
    head_.store(appended_, std::memory_order_seq_cst);
    if (waiting_.exchange(&loop, std::memory_order_acq_rel) == nullptr) writer_.wake();
}

std::string_view LogChannel::oldest() const {
    const auto tail = tail_.load(std::memory_order_relaxed);
    const auto size = head_.load(std::memory_order_acquire) - tail;
    if (size == 0) return {};
    const auto at = tail & ring_mask;
    return {ring_.get() + at, std::min<std::uint64_t>(size, room - at)};
}

LogWriter::LogWriter() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

LogWriter::~LogWriter() {
    if (thread_.joinable()) stop(std::chrono::hours(1));
    for (const File& file : files_)
        if (file.fd > STDERR_FILENO) close(file.fd);
    close(event_);
}

int LogWriter::add_file(const std::string& path) {
    const int fd = open_log(path);
    if (fd < 0) return -1;
    files_.push_back({path, fd});
    return static_cast<int>(files_.size()) - 1;
}

LogChannel& LogWriter::add_channel(int file) {
    channels_.push_back(std::make_unique<LogChannel>(*this, static_cast<std::size_t>(file)));
    return *channels_.back();
}

void LogWriter::start() { thread_ = std::thread(&LogWriter::run, this); }

void LogWriter::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] auto n = write(event_, &one, sizeof one);
}

bool LogWriter::stop(core::Duration patience) {
    if (!thread_.joinable()) return true;
    stopping_.store(true, std::memory_order_release);
    wake();
    for (auto left = patience.count() / 1000; left > 0 && !finished_.load(std::memory_order_acquire); --left) poll(nullptr, 0, 1);
    if (!finished_.load(std::memory_order_acquire)) {
        std::fprintf(stderr, "sluice: a log does not take what is written to it; its last lines are lost\n");
        thread_.detach();
        return false;
    }
    thread_.join();
    return true;
}

bool LogWriter::pending() const {
    return std::any_of(channels_.begin(), channels_.end(), [](const auto& c) {
        return c->head_.load(std::memory_order_seq_cst) != c->tail_.load(std::memory_order_relaxed) ||
               c->waiting_.load(std::memory_order_seq_cst);
    });
}

void LogWriter::run() {
    for (;;) {
        const bool last = stopping_.load(std::memory_order_acquire);
        if (reopen_.exchange(false, std::memory_order_acq_rel)) reopen_files();
        const bool wrote = drain();
        tell_dropped(last);
        if (last && !pending()) break;
        int wait = nap_ms;
        if (!wrote) {
            state_.store(State::asleep, std::memory_order_seq_cst);
            wait = pending() ? 0 : -1;
        }
        pollfd p{event_, POLLIN, 0};
        poll(&p, 1, last ? 0 : wait);
        state_.store(State::busy, std::memory_order_seq_cst);
        std::uint64_t count;
        [[maybe_unused]] auto n = read(event_, &count, sizeof count);
    }
    finished_.store(true, std::memory_order_release);
}

bool LogWriter::drain() {
    bool wrote = false;
    for (const auto& channel : channels_) wrote |= drain(*channel);
    return wrote;
}

bool LogWriter::drain(LogChannel& channel) {
    // Whoever waits began to wait before this look at the head: what they wait for is included.
    net::Loop* waiting = channel.waiting_.exchange(nullptr, std::memory_order_acq_rel);
    const auto head = channel.head_.load(std::memory_order_acquire);
    const bool any = head != channel.written();
    File& file = files_[channel.file_];
    while (channel.written() < head) {
        const auto bytes = channel.oldest();
        const ssize_t n = write(file.fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) {  // standard output may be a non-blocking pipe
            pollfd p{file.fd, POLLOUT, 0};
            poll(&p, 1, 1000);
            if (stopping_.load(std::memory_order_acquire)) break;
            continue;
        }
        if (n < 0) {
            // A full disk or a vanished reader: these lines are lost, the next may not be. Said once per kind of error.
            if (std::exchange(file.complained, errno) != errno)
                std::fprintf(stderr, "sluice: cannot write log \"%s\": %s; lines are dropped until it works again\n",
                             file.path.c_str(), std::strerror(errno));
            channel.dropped_.fetch_add(static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n')), std::memory_order_relaxed);
            channel.consume(bytes.size());
        } else {
            file.complained = 0;
            channel.consume(static_cast<std::size_t>(n));
        }
    }
    if (waiting) waiting->nudge();
    return any;
}

void LogWriter::tell_dropped(bool last) {
    std::uint64_t dropped = 0;
    for (const auto& channel : channels_) dropped += channel->dropped();
    const auto now = std::time(nullptr);
    if (dropped == dropped_told_ || (!last && now - told_at_ < tell_seconds)) return;
    told_at_ = now;
    std::fprintf(stderr, "sluice: %llu log lines dropped: their file does not take them\n",
                 static_cast<unsigned long long>(dropped - std::exchange(dropped_told_, dropped)));
}

void LogWriter::reopen_files() {
    for (File& file : files_) {
        if (file.path == "-" || file.path == "stderr") continue;
        const int fd = open_log(file.path);
        if (fd < 0) {
            std::fprintf(stderr, "sluice: cannot reopen log \"%s\": %s; writing on to the old one\n", file.path.c_str(), std::strerror(errno));
            continue;
        }
        close(std::exchange(file.fd, fd));
    }
}

}  // namespace sluice::observe
