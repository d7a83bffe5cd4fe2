// stub_status: the numbers of connections and requests, in nginx's words.
#pragma once

#include <optional>

#include "proxy/forward.hpp"

namespace sluice::server {

/// Unserved: the method is neither GET nor HEAD.
net::Task<std::optional<proxy::Unserved>> send_stub_status(proxy::Serving& q);

}  // namespace sluice::server
