// What a user asks of a conf without running it. Each command writes what was asked for to `out`, complaints about the
// command line to `err`, and returns the exit status: 0 all is well, 1 the conf has errors, 2 the command line has.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "advice/modes.hpp"
#include "config/files.hpp"
#include "config/tree.hpp"

namespace sluice::advice {

struct Tools {
    const config::Files& files;
    const FileModes& modes;
    /// Checks that go beyond rows and tree, on a conf that has no errors so far; adds to its diagnostics. May be empty.
    std::function<void(config::Conf&)> more_checks = {};
};

/// sluice check FILE [--json] [--prefix FOLDER] | --explain CODE
int check_command(std::span<const std::string> args, const Tools& tools, std::ostream& out, std::ostream& err);

/// sluice compat FILE [--prefix FOLDER]
int compat_command(std::span<const std::string> args, const Tools& tools, std::ostream& out, std::ostream& err);

/// sluice reference [DIRECTIVE] [--markdown]
int reference_command(std::span<const std::string> args, const Tools& tools, std::ostream& out, std::ostream& err);

/// Runs the command that `args` starts with; nullopt if it is none of these.
std::optional<int> run_command(std::span<const std::string> args, const Tools& tools, std::ostream& out,
                               std::ostream& err);

/// The same with the machine's files.
std::optional<int> run_command(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace sluice::advice
