// A request whose head has been read, to its answer.
#pragma once

#include "server/http1.hpp"

namespace sluice::server {

/// Decides and answers. Afterwards the client has an answer, or none can be given.
net::Task<void> serve(proxy::Serving& q, Http1Requester& requester);

/// Answers a request that is refused before anything is decided, with the error_page of its site if there is one. `why`: in
/// words that a client may read.
net::Task<void> serve_refusal(proxy::Serving& q, int status, const char* why);

/// A line in each access log of the route.
void log_access(proxy::Serving& q);

}  // namespace sluice::server
