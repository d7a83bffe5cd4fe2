// Lines on their way into a file that are gathered, and packed if the conf wants it (access_log's buffer= and gzip=).
#pragma once

#include <string>
#include <string_view>

#include "core/time.hpp"
#include "observe/log_options.hpp"

namespace sluice::observe {

/// One file's; one thread.
class LogPacker {
  public:
    explicit LogPacker(const LogOptions& options) : options_(options) {}

    /// More bytes, of which lines may be cut anywhere.
    void add(std::string_view bytes, core::Instant now);

    /// The buffer is full, or its first line has waited long enough.
    bool is_due(core::Instant now) const { return gathered_.size() >= options_.buffer || flush_at_ <= now; }
    /// When it becomes due by time; `never` while nothing waits.
    core::Instant flush_at() const { return flush_at_; }
    bool is_empty() const { return gathered_.empty() && ready_.empty(); }

    /// What is to be written now: whole lines, and with gzip whole members (RFC 1952). Stays until taken().
    std::string_view ready(core::Instant now);
    /// So much of it has been written.
    void taken(std::size_t size);
    /// None of it can be: how many lines that are.
    std::uint64_t give_up();

  private:
    LogOptions options_;
    std::string gathered_, ready_;
    std::uint64_t lines_ = 0;  // in ready_
    core::Instant flush_at_ = core::never;
};

/// One gzip member with these bytes; "" if zlib has no memory.
std::string gzip_member(std::string_view bytes, int level);

}  // namespace sluice::observe
