// The life of a proxied exchange: pick a peer, try it, try another where that is safe, answer.
#pragma once

#include "proxy/service.hpp"

namespace sluice::proxy {

/// Answers the exchange from the group, or with an error of our own; fills its record and logs a failure once.
net::Task<void> forward(Service& service, exchange::Exchange& x);

/// Answers with a short plain text: status, reason with `detail` (what is wrong with the request), and a request id; nothing
/// of what lies behind.
net::Task<void> answer_error(Service& service, exchange::Exchange& x, exchange::Reason reason, std::string_view detail = {});

}  // namespace sluice::proxy
