#include "observe/log_channel.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "observe/log_writer.hpp"

namespace sluice::observe {

namespace {
constexpr std::uint64_t ring_mask = LogChannel::room - 1;
}

LogChannel::LogChannel(LogWriter& writer, std::shared_ptr<LogFile> file) : writer_(writer), file_(std::move(file)) {}

bool LogChannel::make_room(std::size_t size) {
    if (!ring_) ring_ = std::make_unique_for_overwrite<char[]>(room);
    if (size <= room - (appended_ - tail_.load(std::memory_order_acquire))) return true;
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return false;
}

void LogChannel::put(const char* bytes, std::size_t size) {
    const auto at = appended_ & ring_mask;
    const auto first = std::min<std::size_t>(size, room - at);
    std::memcpy(ring_.get() + at, bytes, first);
    std::memcpy(ring_.get(), bytes + first, size - first);
    appended_ += size;
}

void LogChannel::get(std::uint64_t from, char* out, std::size_t size) const {
    const auto at = from & ring_mask;
    const auto first = std::min<std::size_t>(size, room - at);
    std::memcpy(out, ring_.get() + at, first);
    std::memcpy(out + first, ring_.get(), size - first);
}

void LogChannel::append(std::string_view line) {
    if (file_->is_syslog()) return append(line, file_->severity());
    if (make_room(line.size())) put(line.data(), line.size());
}

void LogChannel::append(std::string_view line, Severity severity) {
    if (!file_->is_syslog()) return append(line);
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (!make_room(line_head + line.size())) return;
    char head[line_head];
    const auto size = static_cast<std::uint32_t>(line.size());
    std::memcpy(head, &size, sizeof size);
    head[sizeof size] = static_cast<char>(severity);
    put(head, line_head);
    put(line.data(), line.size());
}

void LogChannel::append(std::string_view path, std::string_view line) {
    if (!make_room(line_head + path.size() + 1 + line.size())) return;
    char head[line_head]{};
    const auto size = static_cast<std::uint32_t>(path.size() + 1 + line.size());
    std::memcpy(head, &size, sizeof size);
    put(head, line_head);
    put(path.data(), path.size());
    put("", 1);
    put(line.data(), line.size());
}

void LogChannel::publish() {
    if (head_.load(std::memory_order_relaxed) == appended_) return;
    head_.store(appended_, std::memory_order_seq_cst);
    writer_.wake_if_asleep();
}

void LogChannel::hurry(net::Loop& loop) {
    head_.store(appended_, std::memory_order_seq_cst);
    if (waiting_.exchange(&loop, std::memory_order_acq_rel) == nullptr) writer_.wake();
}

void LogChannel::release() {
    LogWriter& writer = writer_;
    head_.store(appended_, std::memory_order_seq_cst);
    waiting_.store(nullptr, std::memory_order_release);
    released_.store(true, std::memory_order_seq_cst);
    // From here on the writer's thread may free it.
    writer.wake();
}

std::string_view LogChannel::oldest() const {
    const auto tail = tail_.load(std::memory_order_relaxed);
    const auto size = head_.load(std::memory_order_acquire) - tail;
    if (size == 0) return {};
    const auto at = tail & ring_mask;
    return {ring_.get() + at, std::min<std::uint64_t>(size, room - at)};
}

std::size_t LogChannel::oldest_line(std::string& line, Severity& severity) const {
    const auto tail = tail_.load(std::memory_order_relaxed);
    if (head_.load(std::memory_order_acquire) == tail) return 0;
    char head[line_head];
    get(tail, head, line_head);
    std::uint32_t size = 0;
    std::memcpy(&size, head, sizeof size);
    severity = static_cast<Severity>(head[sizeof size]);
    line.resize(size);
    get(tail + line_head, line.data(), size);
    return line_head + size;
}

}  // namespace sluice::observe
