// How the peers of a running process are: what the control socket tells of them.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <vector>

#include "server/control.hpp"
#include "server/worker.hpp"

namespace sluice::server {

/// Asks every worker for its idle connections, and answers with all groups of the snapshot:
/// {"pid", "groups": [{"name", "peers": [{"address", "state": "up" | "trial" | "down", "active", "idle", "backup"}]}]}.
/// `control`: the control thread's; there the reply is given. A worker that has ended never answers, nor does this
/// then.
void ask_peers(boost::asio::io_context& control, const std::vector<std::unique_ptr<Worker>>& workers,
               std::shared_ptr<const route::Snapshot> snapshot, core::Instant now, Control::Reply reply);

}  // namespace sluice::server
