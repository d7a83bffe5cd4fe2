// The file in which service managers, log rotation and `-s` find the number of the running process.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace sluice::process {

/// `pid` and a newline in `path`, which others see whole or not at all. What stands there already is replaced, unless
/// it is a device. What went wrong, or "".
std::string write_pid_file(const std::string& path, pid_t pid);

/// Whether write_pid_file() could do that, without doing it: nothing is left behind. What would go wrong, or "".
std::string try_pid_file(const std::string& path);

/// Removes `path` if it still holds `pid`; where the folder does not allow that, empties it. What went wrong, or "".
std::string remove_pid_file(const std::string& path, pid_t pid);

/// The number in `path`, as write_pid_file() left it. nullopt: `error` says why in nginx's words.
std::optional<pid_t> read_pid_file(const std::string& path, std::string& error);

}  // namespace sluice::process
