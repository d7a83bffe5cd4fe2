// A request whose head has been read, to its answer.
#pragma once

#include "server/http1.hpp"

namespace sluice::server {

/// Decides and answers. Afterwards the client has an answer, or none can be given.
net::Task<void> serve(proxy::Serving& q, Http1Requester& requester);

/// A line in each access log of the route.
void log_access(proxy::Serving& q);

}  // namespace sluice::server
