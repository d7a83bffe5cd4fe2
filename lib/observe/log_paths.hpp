// The files of an access log whose name has variables: opened by the paths that its lines bring, kept open as
// open_log_file_cache wants it.
#pragma once

#include <sys/types.h>

#include <list>
#include <map>
#include <string>
#include <string_view>

#include "core/time.hpp"
#include "observe/log_options.hpp"

namespace sluice::observe {

/// The log writer's thread only.
class LogPaths {
  public:
    explicit LogPaths(const LogOptions& options) : options_(options) {}
    ~LogPaths() { close_all(); }
    LogPaths(const LogPaths&) = delete;
    LogPaths& operator=(const LogPaths&) = delete;

    /// Appends a whole line. 0, or the errno of what failed.
    int write(const std::string& path, std::string_view line, core::Instant now);
    /// The next line of each opens it anew.
    void close_all();
    std::size_t open_count() const { return entries_.size(); }

  private:
    struct Entry {
        std::string path;
        int fd = -1;
        dev_t device = 0;
        ino_t inode = 0;
        core::Instant checked, used;
        std::size_t uses = 0;
    };
    using Place = std::list<Entry>::iterator;

    void forget(Place place);
    void forget_unused(core::Instant now);
    bool is_still_there(Entry& entry, core::Instant now) const;

    LogOptions options_;
    std::list<Entry> entries_;  // the last used first
    std::map<std::string_view, Place> by_path_;
};

}  // namespace sluice::observe
