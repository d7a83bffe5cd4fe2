// "sluice -t" beyond the conf's text: would a start with it go well on this machine?
#pragma once

#include "route/snapshot.hpp"
#include "server/conf_place.hpp"

namespace sluice::server {

/// Adds what would go wrong with logs, folders, addresses and the pid file. `conf` is what the snapshot was made of. Opens
/// what a start would open, and leaves nothing behind that was not there; nobody can connect meanwhile.
void try_out(const route::Snapshot& snapshot, const config::Conf& conf, const ConfPlace& place, config::Diagnostics& out);

}  // namespace sluice::server
