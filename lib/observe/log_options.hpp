// How the lines of a log are kept back and packed before they are written.
#pragma once

#include <cstddef>

#include "core/time.hpp"

namespace sluice::observe {

/// buffer=, flush= and gzip= of access_log, open_log_file_cache. Two logs of one target with different ones are two.
struct LogOptions {
    std::size_t buffer = 0;   // bytes that are gathered before they are written; 0: each line at once
    core::Duration flush{};   // longest time that a line is kept back; 0: until the buffer is full
    int gzip = 0;             // level; 0: not compressed
    bool secret = false;      // made for its owner alone; a log of keys
    bool by_line = false;     // each line brings its own path: the name of the log has variables
    std::size_t open_files = 0;  // of a log by_line: paths that stay open; 0: each is opened and closed for its line
    core::Duration inactive = std::chrono::seconds(10);  // unused as long as that, a path is closed
    core::Duration valid = std::chrono::seconds(60);     // a path is looked at anew after this time
    std::size_t least_uses = 1;                          // within `inactive`, or it is closed

    bool operator==(const LogOptions&) const = default;
};

}  // namespace sluice::observe
