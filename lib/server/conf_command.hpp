// The command line that nginx has: -c -p -g -e -t -T -q -s -v -V -h.
#pragma once

#include <optional>

#include "config/tree.hpp"

namespace sluice::server {

/// Runs it, to the end of the process's work; the exit status. nullopt: `argv` is not of this kind, but flags of the quick
/// demo, or nothing and there is no conf beside the installation.
std::optional<int> run_conf_command(int argc, const char* const* argv);

/// For `sluice check`: what only compiling finds is added to the diagnostics. Words that are not there yet are no mistakes.
void check_by_compiling(config::Conf& conf);

}  // namespace sluice::server
