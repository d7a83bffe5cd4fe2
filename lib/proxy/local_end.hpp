// proxy_bind: our end of a connection to a peer.
#pragma once

#include "proxy/service.hpp"
#include "upstream/dial.hpp"

namespace sluice::proxy {

/// As the route wants it. A value of variables that is "" leaves it to the kernel; so does one that is no address, which is
/// logged, as in nginx.
upstream::DialOptions local_end(Serving& q);

}  // namespace sluice::proxy
