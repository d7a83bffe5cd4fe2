// The keeper's own side: what the helper process does.
#pragma once

#include <sys/stat.h>

#include "process/keeper.hpp"

namespace sluice::process {

/// A file that is to be removed, as it was at the start.
struct Kept {
    std::string path;
    struct stat file;
};

// A question is one of these and a path; the answer is an errno, with a descriptor beside it if that is 0.
constexpr char ask_for_log = 'l', ask_for_secret_log = 's', ask_for_conf = 'c';
constexpr std::size_t longest_path = 4096;

/// Answers until the other end of `socket` is closed, removes, and ends. Every signal is blocked.
[[noreturn]] void keep(int socket, const std::vector<Kept>& all, const KeeperDuties& duties, pid_t owner);

}  // namespace sluice::process
