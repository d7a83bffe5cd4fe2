// sluice explain
#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace sluice::explain {

/// `args` follow the word "explain". The exit status: 0 the story has been told, 1 the conf has errors or nobody
/// listens there, 2 the command line is wrong.
int explain_command(std::span<const std::string> args, std::ostream& out, std::ostream& err);

/// sluice reason [CODE] [--markdown]. 0 all is well, 1 there is no such reason, 2 the command line is wrong.
int reason_command(std::span<const std::string> args, std::ostream& out, std::ostream& err);

}  // namespace sluice::explain
