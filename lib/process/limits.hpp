// worker_rlimit_nofile and worker_rlimit_core.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::process {

/// Lets the process have `count` files and sockets open. "", or a warning with what holds instead and who can change
/// it.
std::string limit_open_files(std::uint64_t count);

/// Lets a core file have `bytes`. As above.
std::string limit_core(std::uint64_t bytes);

}  // namespace sluice::process
