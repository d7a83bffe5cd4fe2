// The log writer's way from rings to logs.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/system_text.hpp"
#include "observe/error_line.hpp"
#include "observe/log_writer.hpp"

namespace sluice::observe {

bool LogWriter::drain() {
    bool wrote = false;
    for (auto& channel : channels_) {
        // Looked at before the lines: what came before it was given back is included.
        const bool released = channel->released_.load(std::memory_order_seq_cst);
        wrote |= drain(*channel);
        count_dropped(*channel);
        if (!released || channel->head_.load(std::memory_order_relaxed) != channel->written()) continue;
        tell_dropped(*channel->file_, true);
        channel.reset();
    }
    std::erase(channels_, nullptr);
    return wrote;
}

bool LogWriter::drain(LogChannel& channel) {
    if (channel.file_->blocked_) return false;
    // Whoever waits began to wait before this look at the head: what they wait for is included.
    net::Loop* waiting = channel.waiting_.exchange(nullptr, std::memory_order_acq_rel);
    const auto head = channel.head_.load(std::memory_order_acquire);
    const auto before = channel.written();
    while (channel.written() != head && give(channel, head)) {
    }
    const auto after = channel.written();
    if (waiting && after == head) waiting->nudge();
    net::Loop* nobody = nullptr;
    if (waiting && after != head) channel.waiting_.compare_exchange_strong(nobody, waiting, std::memory_order_acq_rel);
    return after != before;
}

/// A step towards `head`. False: the log takes nothing now.
bool LogWriter::give(LogChannel& channel, std::uint64_t head) {
    LogFile& file = *channel.file_;
    if (file.is_by_line()) return give_to_path(channel, file);
    return file.is_syslog() ? give_line(channel, file) : give_bytes(channel, file, head);
}

/// To the file that the line itself names.
bool LogWriter::give_to_path(LogChannel& channel, LogFile& file) {
    Severity unused{};
    const auto size = channel.oldest_line(line_, unused);
    const auto end = line_.find('\0');
    const auto path = line_.substr(0, end);
    const int error = file.paths_->write(path, std::string_view(line_).substr(end + 1), clock_.now());
    if (error == 0) file.complained_ = 0;
    if (error != 0) {
        channel.dropped_.fetch_add(1, std::memory_order_relaxed);
        if (std::exchange(file.complained_, error) != error) {
            std::string escaped;
            append_without_controls(escaped, path);
            complain("crit", core::failed("open()", escaped, error) + "; lines are dropped until it works again");
        }
    }
    channel.consume(size);
    return true;
}

/// Lines that wait until there are more of them.
bool LogWriter::gather(LogChannel& channel, LogFile& file, std::string_view bytes) {
    file.packer_->add(bytes, clock_.now());
    channel.consume(bytes.size());
    return !file.packer_->is_due(clock_.now()) || flush(channel, false);
}

/// False: the log takes nothing now.
bool LogWriter::flush(LogChannel& channel, bool all) {
    LogFile& file = *channel.file_;
    if (file.blocked_ || (!all && !file.packer_->is_due(clock_.now()))) return true;
    std::uint64_t lost = 0;
    const auto took = file.flush(clock_.now(), lost);
    const int error = errno;
    if (took == LogFile::Took::it) file.complained_ = 0;
    if (took == LogFile::Took::not_yet) block(file);
    if (took == LogFile::Took::nothing) lose(channel, lost, error);
    return took != LogFile::Took::not_yet;
}

void LogWriter::flush_due(bool all) {
    for (const auto& channel : channels_)
        if (channel->file_->gathers()) flush(*channel, all);
}

bool LogWriter::give_bytes(LogChannel& channel, LogFile& file, std::uint64_t head) {
    const auto bytes = channel.oldest().substr(0, head - channel.written());
    if (file.gathers()) return gather(channel, file, bytes);
    std::size_t written = 0;
    const auto took = file.write(bytes, written);
    const int error = errno;
    channel.consume(written);
    if (took == LogFile::Took::it) file.complained_ = 0;
    if (took == LogFile::Took::not_yet) block(file);
    if (took != LogFile::Took::nothing) return took == LogFile::Took::it;
    // A full disk or a vanished reader: these lines are lost, the next may not be.
    const auto lost = bytes.substr(written);
    lose(channel, static_cast<std::uint64_t>(std::count(lost.begin(), lost.end(), '\n')), error);
    channel.consume(lost.size());
    return true;
}

bool LogWriter::give_line(LogChannel& channel, LogFile& file) {
    Severity severity{};
    const auto size = channel.oldest_line(line_, severity);
    const auto sent = file.syslog_->send(clock_.wall(), severity, line_);
    const int error = errno;
    if (const auto earlier = file.syslog_->take_lost(); earlier > 0) lose(channel, earlier, ECONNREFUSED);
    if (sent == Syslog::Sent::later) {
        block(file);
        return false;
    }
    if (sent == Syslog::Sent::yes && file.complained_ != ECONNREFUSED) file.complained_ = 0;
    if (sent == Syslog::Sent::no) lose(channel, 1, error);
    channel.consume(size);
    return true;
}

/// At the end nobody waits for a syslog server.
void LogWriter::give_up_syslog() {
    Severity severity{};
    for (const auto& channel : channels_) {
        if (!channel->file_->is_syslog() || !channel->file_->blocked_) continue;
        std::uint64_t lines = 0;
        for (; const auto size = channel->oldest_line(line_, severity); ++lines) channel->consume(size);
        channel->dropped_.fetch_add(lines, std::memory_order_relaxed);
        if (net::Loop* waiting = channel->waiting_.exchange(nullptr, std::memory_order_acq_rel)) waiting->nudge();
        count_dropped(*channel);
    }
    std::erase_if(blocked_, [](LogFile* file) { return file->is_syslog() && !(file->blocked_ = false); });
}

void LogWriter::block(LogFile& file) {
    file.blocked_ = true;
    blocked_.push_back(&file);
}

/// Lines that were given up because of `error`. Said once per kind of error.
void LogWriter::lose(LogChannel& channel, std::uint64_t lines, int error) {
    LogFile& file = *channel.file_;
    channel.dropped_.fetch_add(lines, std::memory_order_relaxed);
    if (std::exchange(file.complained_, error) == error) return;
    complain("error", core::failed(file.is_syslog() ? "send()" : "write()", file.target(), error) +
                          "; lines are dropped until it works again");
}

}  // namespace sluice::observe
