// One worker's logs: its channels, and how far they are written.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/reasons.hpp"
#include "http/date.hpp"
#include "observe/error_line.hpp"
#include "observe/log_writer.hpp"

namespace sluice::observe {

/// A request id as 32 hex digits.
void append_id(std::string& out, const std::array<std::uint64_t, 2>& id);

/// A log that errors of this level and worse go to.
struct ErrorSink {
    LogChannel* channel;
    exchange::Level level;
    bool json = false;
};

/// That worker's thread only. Lines go out at the end of each turn.
class Logs final : net::TurnEnd {
  public:
    Logs(net::Loop& loop, LogWriter& writer);
    ~Logs();

    /// The worker's channel to a log, made at the first call. Must be given back as often as it was taken.
    LogChannel& take(const std::shared_ptr<LogFile>& file);
    void give_back(LogChannel& channel);

    /// A line of an access log, with its newline.
    void access(LogChannel& channel, std::string_view line);

    /// The same of a log whose lines bring their paths with them (LogOptions::by_line).
    void access(LogChannel& channel, std::string_view path, std::string_view line);

    /// A line in each log that takes the level.
    void error(const ErrorSink* begin, const ErrorSink* end, exchange::Level level, const ErrorEntry& entry);

    /// How far access logs must be written so that every line up to now is in its file.
    std::uint64_t position() const { return marked_ + !dirty_.empty(); }
    std::uint64_t written();
    /// Has the loop nudged when more is written.
    void hurry();

    http::DateCache& dates() { return dates_; }

  private:
    struct Channel {
        std::shared_ptr<LogFile> file;
        OwnedChannel channel;
        std::size_t users = 0;
    };
    /// What stood in the channels when the turn ended whose number it is.
    struct Mark {
        std::uint64_t turn;
        LogChannel* channel;
        std::uint64_t position;
    };
    void on_turn_end() override;

    net::Loop& loop_;
    LogWriter& writer_;
    std::map<const LogFile*, Channel> channels_;
    std::vector<LogChannel*> dirty_;    // access logs with lines of this turn
    std::vector<LogChannel*> errors_;   // error logs with lines of this turn
    std::vector<Mark> marks_;           // from first_mark_ on: not yet known to be written
    std::size_t first_mark_ = 0;
    std::uint64_t marked_ = 0;          // turns that left lines
    http::DateCache dates_;
    std::string line_, json_;  // reused
};

}  // namespace sluice::observe
