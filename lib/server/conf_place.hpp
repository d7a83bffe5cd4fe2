// Where a conf is, and its reading: with -c, at a reload, in every subcommand.
#pragma once

#include <memory>
#include <string>

#include "compile/compile.hpp"
#include "config/files.hpp"

namespace sluice::server {

/// What `-c`, `-p`, `-g` and `-e` say.
struct ConfPlace {
    std::string path = "conf/sluice.conf";  // seen from the prefix
    std::string prefix;                     // with its slash; "": the working folder
    std::string globals;
    std::string error_log;  // "": logs/error.log
};

/// Parses, checks and compiles what `files` has; diagnostics are in the snapshot's conf. `how`: what the place does not
/// say.
std::shared_ptr<route::Snapshot> read_conf(const ConfPlace& place, compile::Options how = {}, const config::Files& files = config::DiskFiles());

/// Where the log of a conf is, which may be wrong in other places: a path, "stderr" or "syslog:…".
std::string start_log_of(const config::Conf& conf, const ConfPlace& place);

}  // namespace sluice::server
