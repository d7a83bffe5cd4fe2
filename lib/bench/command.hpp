// sluice bench
#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace sluice::bench {

/// `args` follow the word "bench". 0 done, 1 nobody could be reached or nothing was answered, 2 the command line is
/// wrong.
int bench_command(std::span<const std::string> args, std::ostream& out, std::ostream& err);

/// `args` follow "bench conf". 0 done, 1 the conf has errors or no route could be driven, 2 the command line is wrong.
int bench_conf_command(std::span<const std::string> args, std::ostream& out, std::ostream& err);

}  // namespace sluice::bench
