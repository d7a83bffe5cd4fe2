// --demo: sluice in front of three embedded origins, a dozen requests, what became of them.
#pragma once

#include "server/options.hpp"

namespace sluice::server {

/// Starts origins and the proxy, sends the requests and prints which origin answered which and what the log recorded;
/// then serves until SIGINT, unless `options.once`. Returns the exit status.
int run_demo(const Options& options);

}  // namespace sluice::server
