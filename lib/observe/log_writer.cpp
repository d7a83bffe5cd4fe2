#include "observe/log_writer.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/system_text.hpp"
#include "observe/error_line.hpp"

namespace sluice::observe {

namespace {
// How long the thread lets lines gather while there is traffic and nobody waits for them.
constexpr int nap_ms = 10;
}  // namespace

LogWriter::LogWriter() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

LogWriter::~LogWriter() {
    if (thread_.joinable()) stop(std::chrono::hours(1));
    close(event_);
}

std::shared_ptr<LogFile> LogWriter::open(const std::string& target, std::string& error, const LogOptions& options) {
    {
        const std::lock_guard lock(mutex_);
        std::erase_if(files_, [](const auto& entry) { return entry.second.second.expired(); });
        const auto [begin, end] = files_.equal_range(target);
        for (auto known = begin; known != end; ++known)
            if (auto file = known->second.second.lock(); file && known->second.first == options) return file;
    }
    auto file = LogFile::open(target, error, options);
    if (!file) return nullptr;
    const std::lock_guard lock(mutex_);
    files_.emplace(target, std::pair(options, file));
    return file;
}

OwnedChannel LogWriter::make_channel(std::shared_ptr<LogFile> file) {
    auto channel = std::make_unique<LogChannel>(*this, std::move(file));
    OwnedChannel out(channel.get());
    const std::lock_guard lock(mutex_);
    new_channels_.push_back(std::move(channel));
    news_.store(true, std::memory_order_seq_cst);
    return out;
}

std::string LogWriter::give_to(uid_t user) {
    const std::lock_guard lock(mutex_);
    for (const auto& [target, known] : files_)
        if (const auto file = known.second.lock())
            if (auto wrong = file->give_to(user); !wrong.empty()) return wrong;
    return "";
}

void LogWriter::take_stderr(std::shared_ptr<LogFile> file, bool json) {
    stderr_is_json_.store(json, std::memory_order_relaxed);
    {
        const std::lock_guard lock(mutex_);
        new_stderr_ = std::move(file);
        stderr_is_new_ = true;
        news_.store(true, std::memory_order_seq_cst);
    }
    if (thread_.joinable())
        wake();
    else
        take_news();
}

void LogWriter::start() { thread_ = std::thread(&LogWriter::run, this); }

void LogWriter::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] auto n = write(event_, &one, sizeof one);
}

bool LogWriter::stop(core::Duration patience) {
    if (!thread_.joinable()) {
        turn(true);
        return !pending(true);
    }
    stopping_.store(true, std::memory_order_release);
    wake();
    for (auto left = patience.count() / 1000; left > 0 && !finished_.load(std::memory_order_acquire); --left)
        poll(nullptr, 0, 1);
    if (!finished_.load(std::memory_order_acquire)) {
        complain("error", "a log does not take what is written to it; its last lines are lost");
        thread_.detach();
        return false;
    }
    thread_.join();
    return true;
}

/// Lines or somebody who waits for them.
bool LogWriter::pending(bool also_blocked) const {
    return news_.load(std::memory_order_seq_cst) || std::any_of(channels_.begin(), channels_.end(), [&](const auto& c) {
               if (c->file_->blocked_ && !also_blocked) return false;
               if (also_blocked && c->file_->blocked_ && c->file_->gathers()) return true;
               return c->head_.load(std::memory_order_seq_cst) != c->tail_.load(std::memory_order_relaxed) ||
                      c->waiting_.load(std::memory_order_seq_cst) || c->released_.load(std::memory_order_seq_cst);
           });
}

void LogWriter::run() {
    for (;;) {
        const bool last = stopping_.load(std::memory_order_acquire);
        const bool wrote = turn(last);
        if (last && !pending(true)) break;
        wait(wrote || woken_, last);
    }
    finished_.store(true, std::memory_order_release);
}

bool LogWriter::turn(bool last) {
    take_news();
    if (reopen_.exchange(false, std::memory_order_acq_rel)) reopen_files();
    const bool wrote = drain();
    flush_due(last);
    if (last) give_up_syslog();
    for (const auto& channel : channels_) tell_dropped(*channel->file_, last);
    return wrote;
}

/// How long until lines that are gathered have waited long enough, in milliseconds; -1: none wait.
int LogWriter::until_flush() const {
    auto first = core::never;
    for (const auto& channel : channels_)
        if (channel->file_->gathers()) first = std::min(first, channel->file_->packer_->flush_at());
    if (first == core::never) return -1;
    return static_cast<int>(std::clamp<std::int64_t>((first - clock_.now()).count() / 1000 + 1, 0, 3'600'000));
}

/// Until somebody has lines, a blocked log takes some, or, if `busy`, for a nap.
void LogWriter::wait(bool busy, bool last) {
    int ms = nap_ms;
    if (!busy) {
        state_.store(State::asleep, std::memory_order_seq_cst);
        ms = pending(last) ? 0 : until_flush();
    }
    std::vector<pollfd> polled{{event_, POLLIN, 0}};
    for (const LogFile* file : blocked_) polled.push_back({file->descriptor(), POLLOUT, 0});
    if (last) ms = blocked_.empty() ? 0 : nap_ms;
    poll(polled.data(), polled.size(), ms);
    state_.store(State::busy, std::memory_order_seq_cst);
    std::uint64_t count;
    woken_ = read(event_, &count, sizeof count) > 0;
    for (std::size_t i = 0; i < blocked_.size(); ++i) blocked_[i]->blocked_ = polled[i + 1].revents == 0;
    std::erase_if(blocked_, [](const LogFile* file) { return !file->blocked_; });
}

void LogWriter::take_news() {
    if (!news_.load(std::memory_order_seq_cst)) return;
    bool follow = false;
    {
        const std::lock_guard lock(mutex_);
        news_.store(false, std::memory_order_seq_cst);
        std::ranges::move(new_channels_, std::back_inserter(channels_));
        new_channels_.clear();
        follow = std::exchange(stderr_is_new_, false);
        if (follow) stderr_ = std::move(new_stderr_);
    }
    if (follow) follow_stderr();
}

void LogWriter::follow_stderr() {
    stderr_is_log_.store(stderr_ != nullptr, std::memory_order_relaxed);
    if (stderr_ && stderr_->has_path() && dup2(stderr_->fd_, STDERR_FILENO) < 0)
        complain("error", core::failed("dup2(STDERR)", stderr_->target(), errno));
}

}  // namespace sluice::observe
