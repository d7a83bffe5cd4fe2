// What the log writer does beside writing: rotation, and complaints about logs, which cannot go into them.
#include <poll.h>
#include <unistd.h>

#include <utility>

#include "observe/error_line.hpp"
#include "observe/log_writer.hpp"

namespace sluice::observe {

namespace {
// Dropped lines are told at most this often.
constexpr std::time_t tell_seconds = 60;
}  // namespace

void LogWriter::count_dropped(LogChannel& channel) {
    const auto dropped = channel.dropped();
    channel.file_->dropped_ += dropped - std::exchange(channel.dropped_counted_, dropped);
}

void LogWriter::tell_dropped(LogFile& file, bool now) {
    const auto time = clock_.wall().seconds();
    if (file.dropped_ == file.dropped_told_ || (!now && time - file.told_at_ < tell_seconds)) return;
    file.told_at_ = time;
    const auto lines = file.dropped_ - std::exchange(file.dropped_told_, file.dropped_);
    complain("error", std::to_string(lines) + " log lines dropped: \"" + file.target() + "\" does not take them");
}

void LogWriter::reopen_files() {
    std::vector<std::shared_ptr<LogFile>> files;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [target, known] : files_)
            if (auto file = known.second.lock()) files.push_back(std::move(file));
    }
    flush_due(true);  // what was gathered belongs to the old files
    for (const auto& file : files) {
        if (const auto wrong = file->reopen(); !wrong.empty()) complain("error", wrong);
        file->blocked_ = false;
    }
    blocked_.clear();
    follow_stderr();
}

/// To standard error, which may be one of the logs. Not if that would wait: whoever reads it may be what is stuck.
void LogWriter::complain(std::string_view level, std::string_view text) {
    std::string line;
    if (!stderr_is_log_.load(std::memory_order_relaxed))
        (line = "sluice: ") += text;
    else if (stderr_is_json_.load(std::memory_order_relaxed))
        append_error_json(line, clock_.wall(), level, {.text = text});
    else
        append_error_prefix(line, clock_.wall(), level), line += text;
    line += '\n';
    pollfd room{STDERR_FILENO, POLLOUT, 0};
    if (poll(&room, 1, 0) > 0) [[maybe_unused]]
        auto n = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace sluice::observe
