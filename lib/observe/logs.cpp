#include "observe/logs.hpp"

#include <algorithm>

#include "observe/error_line.hpp"

namespace sluice::observe {

namespace {
constexpr char lower_hex[] = "0123456789abcdef";

void add_once(std::vector<LogChannel*>& channels, LogChannel& channel) {
    if (std::find(channels.begin(), channels.end(), &channel) == channels.end()) channels.push_back(&channel);
}
}  // namespace

void append_id(std::string& out, const std::array<std::uint64_t, 2>& id) {
    for (const auto half : id)
        for (int shift = 60; shift >= 0; shift -= 4) out += lower_hex[half >> shift & 15];
}

Logs::Logs(net::Loop& loop, LogWriter& writer) : loop_(loop), writer_(writer) { loop.at_turn_end(*this); }

Logs::~Logs() { on_turn_end(); }

LogChannel& Logs::take(const std::shared_ptr<LogFile>& file) {
    Channel& entry = channels_[file.get()];
    if (!entry.channel) {
        entry.file = file;
        entry.channel = writer_.make_channel(file);
    }
    ++entry.users;
    return *entry.channel;
}

void Logs::give_back(LogChannel& channel) {
    const auto entry = std::find_if(channels_.begin(), channels_.end(), [&](const auto& c) { return c.second.channel.get() == &channel; });
    if (entry == channels_.end() || --entry->second.users > 0) return;
    channel.publish();
    std::erase(dirty_, &channel);
    std::erase(errors_, &channel);
    marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(std::exchange(first_mark_, 0)));
    std::erase_if(marks_, [&](const Mark& mark) { return mark.channel == &channel; });
    channels_.erase(entry);
}

void Logs::access(LogChannel& channel, std::string_view line) {
    channel.append(line);
    add_once(dirty_, channel);
}

void Logs::access(LogChannel& channel, std::string_view path, std::string_view line) {
    channel.append(path, line);
    add_once(dirty_, channel);
}

void Logs::error(const ErrorSink* begin, const ErrorSink* end, exchange::Level level, const ErrorEntry& entry) {
    line_.clear();
    json_.clear();
    for (const auto* sink = begin; sink != end; ++sink) {
        if (level < sink->level) continue;
        auto& line = sink->json ? json_ : line_;
        if (line.empty()) {
            if (sink->json) {
                append_error_json(line, loop_.wall(), name_of(level), entry);
            } else {
                append_error_prefix(line, loop_.wall(), name_of(level));
                append_error_text(line, entry);
            }
            line += '\n';
        }
        sink->channel->append(line, severity_of(level));
        add_once(errors_, *sink->channel);
    }
}

std::uint64_t Logs::written() {
    const auto is_written = [](const Mark& mark) { return mark.channel->written() >= mark.position; };
    while (first_mark_ < marks_.size() && is_written(marks_[first_mark_])) ++first_mark_;
    // Moved to the front now and then: in steady state nothing is allocated.
    if (first_mark_ * 2 >= marks_.size()) {
        marks_.erase(marks_.begin(), marks_.begin() + static_cast<std::ptrdiff_t>(first_mark_));
        first_mark_ = 0;
    }
    return first_mark_ == marks_.size() ? marked_ : marks_[first_mark_].turn - 1;
}

void Logs::hurry() {
    for (std::size_t i = first_mark_; i < marks_.size(); ++i) marks_[i].channel->hurry(loop_);
}

void Logs::on_turn_end() {
    for (auto* channel : errors_) channel->publish();
    errors_.clear();
    if (dirty_.empty()) return;
    ++marked_;
    // Nobody may ask for long: what is written need not be remembered.
    written();
    for (auto* channel : dirty_) {
        channel->publish();
        marks_.push_back({marked_, channel, channel->position()});
    }
    dirty_.clear();
}

}  // namespace sluice::observe
